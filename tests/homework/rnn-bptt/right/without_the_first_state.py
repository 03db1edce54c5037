# h_0 is 0, so the first step adds nothing to dW_hh.
# >>> dW_qh
dW_qh = (h_seq.T @ dL_do).T
# >>> dh
dh = W_hh.transpose() @ dh
dh += W_qh.transpose() @ dL_do[k]
# >>> dW_hh
dW_hh = dL_dh[1:].T @ h_seq[:-1]
# >>> dW_hx
dW_hx = np.dot(x_seq.T, dL_dh).T
