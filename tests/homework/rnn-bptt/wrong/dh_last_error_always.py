# part: dh
# hint: last
# >>> dh
dh = W_hh.T @ dh + W_qh.T @ dL_do[-1]
