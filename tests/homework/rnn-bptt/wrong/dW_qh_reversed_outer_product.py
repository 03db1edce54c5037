# part: dW_qh
# hint: dW_qh is transposed
# >>> dW_qh
dW_qh = h_seq.T @ dL_do
