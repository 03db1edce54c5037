# part: dW_hh
# hint: h_t is used, the state after the step
# >>> dW_hh
dW_hh = h_all[1:].T @ dL_dh
