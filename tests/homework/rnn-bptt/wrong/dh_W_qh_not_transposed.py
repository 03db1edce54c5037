# part: dh
# hint: 
# >>> dh
dh = W_hh.T @ dh + W_qh @ dL_do[k]
