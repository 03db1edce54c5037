# part: dW_hh
# hint: before
# >>> dW_hh
dW_hh = dL_dh.T @ h_all[1:]
