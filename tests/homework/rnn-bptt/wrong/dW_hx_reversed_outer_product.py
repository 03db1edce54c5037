# part: dW_hx
# hint: order
# >>> dW_hx
dW_hx = x_seq.T @ dL_dh
