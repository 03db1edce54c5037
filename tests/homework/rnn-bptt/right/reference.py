# >>> dW_qh
dW_qh = dL_do.T @ h_seq
# >>> dh
dh = W_hh.T @ dh + W_qh.T @ dL_do[k]
# >>> dW_hh
dW_hh = dL_dh.T @ h_all[:-1]
# >>> dW_hx
dW_hx = dL_dh.T @ x_seq
