# part: dW_qh
# hint: has the shape (4,); expected (4, 3)
# >>> dW_qh
dW_qh = dL_do.sum(axis=0)
