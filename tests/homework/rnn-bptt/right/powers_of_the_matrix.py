# The sum over the powers of W_hh in place of the recursion.
# >>> dW_qh
dW_qh = dL_do.T @ h_seq
# >>> dh
dh = sum(np.linalg.matrix_power(W_hh.T, i - k) @ W_qh.T @ dL_do[i] for i in range(k, len(dL_do)))
# >>> dW_hh
dW_hh = dL_dh.T @ h_all[:-1]
# >>> dW_hx
dW_hx = dL_dh.T @ x_seq
