# part: dW_qh
# hint: factor ½
# >>> dW_qh
dW_qh = dL_do.T @ h_seq / 2
