# part: dW_hx
# hint: x_{t+1} is used
# >>> dW_hx
dW_hx = dL_dh[:-1].T @ x_seq[1:]
