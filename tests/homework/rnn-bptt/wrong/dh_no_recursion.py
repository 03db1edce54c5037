# part: dh
# hint: only the own output counts
# >>> dh
dh = W_qh.T @ dL_do[k]
