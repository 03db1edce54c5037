# part: dW_one
# hint: both directions
# >>> dW_one
dW_one = np.outer((r_nudged - r_free) / lam, r_free)
