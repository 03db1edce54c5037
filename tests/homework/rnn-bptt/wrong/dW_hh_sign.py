# part: dW_hh
# hint: sign is wrong
# >>> dW_hh
dW_hh = -dL_dh.T @ h_all[:-1]
