# part: dW_hh
# hint: before
# >>> dW_hh
dW_hh = h_all[1:].T @ dL_dh
