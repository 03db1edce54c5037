# part: dh
# hint: inverse of W_hh
# >>> dh
dh = np.linalg.solve(W_hh, dh) + W_qh.T @ dL_do[k]
