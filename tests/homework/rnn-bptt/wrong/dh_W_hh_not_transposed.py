# part: dh
# hint: transpose
# >>> dh
dh = W_hh @ dh + W_qh.T @ dL_do[k]
