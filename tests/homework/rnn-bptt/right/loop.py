# Outer products in a loop, and row vectors times the matrices.
# >>> dW_qh
dW_qh = np.zeros(self.W_qh.shape)
for t in range(len(h_seq)):
    dW_qh += np.outer(dL_do[t], h_seq[t])
# >>> dh
dh = dh @ W_hh + dL_do[k] @ W_qh
# >>> dW_hh
dW_hh = sum(np.outer(dL_dh[k], h_all[k]) for k in range(len(dL_dh)))
# >>> dW_hx
dW_hx = np.zeros(self.W_hx.shape)
for k in range(len(x_seq)):
    dW_hx = dW_hx + np.outer(dL_dh[k], x_seq[k])
