# part: dW_hh
# hint: h_{t−2} is used
# >>> dW_hh
dW_hh = dL_dh[1:].T @ h_all[:-2]
