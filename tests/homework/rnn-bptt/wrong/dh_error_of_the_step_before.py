# part: dh
# hint: dL_do of another step
# >>> dh
dh = W_hh.T @ dh + W_qh.T @ dL_do[k - 1]
