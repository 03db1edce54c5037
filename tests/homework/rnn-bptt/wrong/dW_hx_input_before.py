# part: dW_hx
# hint: same step
# >>> dW_hx
dW_hx = dL_dh[1:].T @ x_seq[:-1]
