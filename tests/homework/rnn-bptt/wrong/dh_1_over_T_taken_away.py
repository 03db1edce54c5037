# part: dh
# hint: 1/T of the loss is taken away
# >>> dh
dh = W_hh.T @ dh + W_qh.T @ dL_do[k] * len(dL_do)
