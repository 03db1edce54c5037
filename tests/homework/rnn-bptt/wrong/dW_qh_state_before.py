# part: dW_qh
# hint: same step
# >>> dW_qh
dW_qh = dL_do[1:].T @ h_seq[:-1]
