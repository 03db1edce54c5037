# part: dh
# hint: dL_do of another step
# >>> dh
dh = W_hh.T @ dh + W_qh.T @ (dL_do[k + 1] if k + 1 < len(dL_do) else 0 * dL_do[k])
