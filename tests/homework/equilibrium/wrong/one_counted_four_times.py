# part: dW_one
# hint: twice
# >>> dW_one
dr = 2 * (r_nudged - r_free) / lam
dW_one = np.outer(dr, r_free) + np.outer(r_free, dr)
