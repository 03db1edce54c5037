# part: dW_hx
# hint: 1/T
# >>> dW_hx
dW_hx = dL_dh.T @ x_seq / len(x_seq)
