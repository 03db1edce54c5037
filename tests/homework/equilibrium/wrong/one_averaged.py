# part: dW_one
# hint: half
# >>> dW_one
half = np.outer((r_nudged - r_free) / lam, r_free)
dW_one = (half + half.T) / 2
