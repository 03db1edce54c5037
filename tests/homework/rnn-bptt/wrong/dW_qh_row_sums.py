# part: dW_qh
# hint: h
# >>> dW_qh
dW_qh = dL_do.sum(axis=0)
