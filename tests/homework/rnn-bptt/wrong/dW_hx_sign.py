# part: dW_hx
# hint: sign
# >>> dW_hx
dW_hx = -dL_dh.T @ x_seq
