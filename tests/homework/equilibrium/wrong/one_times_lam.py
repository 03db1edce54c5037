# part: dW_one
# hint: lam
# >>> dW_one
dr = (r_nudged - r_free) * lam
dW_one = np.outer(dr, r_free) + np.outer(r_free, dr)
