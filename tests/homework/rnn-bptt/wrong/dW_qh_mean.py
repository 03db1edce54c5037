# part: dW_qh
# hint: 1/T
# >>> dW_qh
dW_qh = dL_do.T @ h_seq / len(h_seq)
