# part: dW_qh
# hint: sign is wrong
# >>> dW_qh
dW_qh = -dL_do.T @ h_seq
