# part: dW_qh
# hint: only the first step
# >>> dW_qh
dW_qh = np.outer(dL_do[0], h_seq[0])
