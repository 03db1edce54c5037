# part: dh
# hint: applied twice in a step
# >>> dh
dh = W_hh.T @ W_hh.T @ dh + W_qh.T @ dL_do[k]
