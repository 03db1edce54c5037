# part: dW_qh
# hint: sum
# >>> dW_qh
dW_qh = np.array([np.outer(e, h) for e, h in zip(dL_do, h_seq)])
