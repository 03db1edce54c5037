# part: dW_qh
# hint: 2
# >>> dW_qh
dW_qh = dL_do.T @ h_seq / 2
