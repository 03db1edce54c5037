# part: dh
# hint: dL_do of the last step
# >>> dh
dh = W_hh.T @ dh + W_qh.T @ dL_do[-1]
