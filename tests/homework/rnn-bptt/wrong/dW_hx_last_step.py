# part: dW_hx
# hint: only the last step
# >>> dW_hx
dW_hx = np.outer(dL_dh[-1], x_seq[-1])
