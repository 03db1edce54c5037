# part: dW_hh
# hint: 3 times the right value
# >>> dW_hh
dW_hh = 3 * dL_dh.T @ h_all[:-1]
