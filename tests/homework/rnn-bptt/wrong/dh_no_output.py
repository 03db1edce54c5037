# part: dh
# hint: own output is forgotten
# >>> dh
dh = W_hh.T @ dh if k < len(dL_do) - 1 else W_qh.T @ dL_do[k]
