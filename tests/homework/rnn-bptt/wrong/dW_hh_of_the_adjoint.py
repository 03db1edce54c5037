# part: dW_hh
# hint: 
# >>> dW_hh
dW_hh = dL_dh[1:].T @ dL_dh[:-1]
