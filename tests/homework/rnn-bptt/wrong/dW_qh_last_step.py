# part: dW_qh
# hint: only the last step
# >>> dW_qh
dW_qh = np.outer(dL_do[-1], h_seq[-1])
