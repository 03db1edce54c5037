# part: dW_hx
# hint: sign is wrong
# >>> dW_hx
dW_hx = -dL_dh.T @ x_seq
