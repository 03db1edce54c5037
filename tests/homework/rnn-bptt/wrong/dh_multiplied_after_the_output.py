# part: dh
# hint: added after the multiplication
# >>> dh
dh = W_hh.T @ (dh + W_qh.T @ dL_do[k])
