# part: dW_hx
# hint: dW_hx is transposed
# >>> dW_hx
dW_hx = x_seq.T @ dL_dh
