# part: dh
# hint: W_hh
# >>> dh
dh = W_hh.T @ (dh + W_qh.T @ dL_do[k])
