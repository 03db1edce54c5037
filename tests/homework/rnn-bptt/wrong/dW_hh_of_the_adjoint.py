# part: dW_hh
# hint: compare with
# >>> dW_hh
dW_hh = dL_dh[1:].T @ dL_dh[:-1]
