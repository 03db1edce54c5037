# part: dW_one
# hint: subtract r_free
# >>> dW_one
dr = r_nudged / lam
dW_one = np.outer(dr, r_free) + np.outer(r_free, dr)
