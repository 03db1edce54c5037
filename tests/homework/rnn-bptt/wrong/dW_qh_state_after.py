# part: dW_qh
# hint: h_{t+1} is used
# >>> dW_qh
dW_qh = dL_do[:-1].T @ h_seq[1:]
