# part: dh
# hint: 1/T is applied twice
# >>> dh
dh = W_hh.T @ dh + W_qh.T @ dL_do[k] / len(dL_do)
