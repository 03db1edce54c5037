# part: dW_qh
# hint: 1/T of the loss is taken away
# >>> dW_qh
dW_qh = len(h_seq) * dL_do.T @ h_seq
