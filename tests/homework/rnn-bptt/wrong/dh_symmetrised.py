# part: dh
# hint: mean of W_hh and its transpose
# >>> dh
dh = (W_hh + W_hh.T) / 2 @ dh + W_qh.T @ dL_do[k]
