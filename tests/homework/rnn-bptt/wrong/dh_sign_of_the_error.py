# part: dh
# hint: sign of dL_do
# >>> dh
dh = W_hh.T @ dh - W_qh.T @ dL_do[k]
