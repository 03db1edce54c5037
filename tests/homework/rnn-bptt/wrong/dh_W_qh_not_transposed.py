# part: dh
# hint: W_qh is not transposed
# >>> dh
dh = W_hh.T @ dh + W_qh @ dL_do[k]
