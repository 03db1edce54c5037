# part: dW_qh
# hint: first
# >>> dW_qh
dW_qh = np.outer(dL_do[0], h_seq[0])
