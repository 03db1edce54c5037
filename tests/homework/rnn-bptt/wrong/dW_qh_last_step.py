# part: dW_qh
# hint: last
# >>> dW_qh
dW_qh = np.outer(dL_do[-1], h_seq[-1])
