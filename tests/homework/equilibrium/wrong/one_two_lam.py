# part: dW_one
# hint: 2 lam
# >>> dW_one
dr = (r_nudged - r_free) / (2 * lam)
dW_one = np.outer(dr, r_free) + np.outer(r_free, dr)
