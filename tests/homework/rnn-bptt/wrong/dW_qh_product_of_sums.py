# part: dW_qh
# hint: step by step
# >>> dW_qh
dW_qh = np.outer(dL_do.sum(0), h_seq.sum(0))
