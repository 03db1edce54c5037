# part: dW_qh
# hint: sign
# >>> dW_qh
dW_qh = -dL_do.T @ h_seq
