# part: dW_hh
# hint: 
# >>> dW_hh
dW_hh = dL_dh[2:].T @ h_all[:-3]  + 0
