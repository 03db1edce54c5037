# part: dh
# hint: W_hh
# >>> dh
dh = dh + W_qh.T @ dL_do[k]
