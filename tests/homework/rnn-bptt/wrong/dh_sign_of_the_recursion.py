# part: dh
# hint: old dh has the wrong sign
# >>> dh
dh = -W_hh.T @ dh + W_qh.T @ dL_do[k]
