# part: dh
# hint: W_hh is not transposed
# >>> dh
dh = W_hh @ dh + W_qh.T @ dL_do[k]
