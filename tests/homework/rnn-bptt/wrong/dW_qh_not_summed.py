# part: dW_qh
# hint: has the shape (5, 4, 3); expected (4, 3)
# >>> dW_qh
dW_qh = np.array([np.outer(e, h) for e, h in zip(dL_do, h_seq)])
