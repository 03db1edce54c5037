# part: dW_one
# hint: by itself
# >>> dW_one
dr = (r_nudged - r_free) / lam
dW_one = np.outer(dr, dr)
