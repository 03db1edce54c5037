# part: dW_hh
# hint: outer product is reversed
# >>> dW_hh
dW_hh = h_all[:-1].T @ dL_dh
