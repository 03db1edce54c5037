# part: dh
# hint: W_hh is missing
# >>> dh
dh = dh + W_qh.T @ dL_do[k]
