# part: dW_hh
# hint: h_t is used, the state after the step
# >>> dW_hh
dW_hh = dL_dh.T @ h_all[1:]
