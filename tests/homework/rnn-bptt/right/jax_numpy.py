# >>> dW_qh
dW_qh = bm.as_jax(dL_do).T @ bm.as_jax(h_seq)
# >>> dh
dh = bm.as_jax(W_hh).T @ dh + bm.as_jax(W_qh).T @ dL_do[k]
# >>> dW_hh
dW_hh = bm.dot(bm.asarray(dL_dh).T, bm.asarray(h_all[:-1]))
# >>> dW_hx
dW_hx = bm.dot(bm.asarray(dL_dh).T, bm.asarray(x_seq))
