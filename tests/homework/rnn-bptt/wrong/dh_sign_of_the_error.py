# part: dh
# hint: sign
# >>> dh
dh = W_hh.T @ dh - W_qh.T @ dL_do[k]
