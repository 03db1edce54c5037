# part: dh
# hint: must go backward
# >>> dh
dh = sum(np.linalg.matrix_power(W_hh.T, k - i) @ W_qh.T @ dL_do[i] for i in range(k + 1))
