# part: dW_qh
# hint: order
# >>> dW_qh
dW_qh = h_seq.T @ dL_do
