# part: dW_qh
# hint: 1/T is applied twice
# >>> dW_qh
dW_qh = dL_do.T @ h_seq / len(h_seq)
