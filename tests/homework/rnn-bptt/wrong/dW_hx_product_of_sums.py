# part: dW_hx
# hint: step by step
# >>> dW_hx
dW_hx = np.outer(dL_dh.sum(0), x_seq.sum(0))
