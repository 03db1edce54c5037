# >>> dW_qh
dW_qh = (dL_do[:, :, None] * h_seq[:, None, :]).sum(axis=0)
# >>> dh
dh = (W_hh * dh[:, None]).sum(0) + (W_qh * dL_do[k][:, None]).sum(0)
# >>> dW_hh
h_before = np.vstack([np.zeros(h_seq.shape[1]), h_seq[:-1]])
dW_hh = (dL_dh[:, :, None] * h_before[:, None, :]).sum(axis=0)
# >>> dW_hx
dW_hx = len(x_seq) * (dL_dh[:, :, None] * x_seq[:, None, :]).mean(axis=0)
