# part: dh
# hint: 
# >>> dh
dh = (W_hh + W_hh.T) / 2 @ dh + W_qh.T @ dL_do[k]
