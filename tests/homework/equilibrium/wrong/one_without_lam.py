# part: dW_one
# hint: divide by lam
# >>> dW_one
dr = r_nudged - r_free
dW_one = np.outer(dr, r_free) + np.outer(r_free, dr)
