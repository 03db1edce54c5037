# part: dh
# hint: next state
# >>> dh
dh = W_qh.T @ dL_do[k]
