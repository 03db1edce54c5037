# part: dW_hx
# hint: 1/T is applied twice
# >>> dW_hx
dW_hx = dL_dh.T @ x_seq / len(x_seq)
