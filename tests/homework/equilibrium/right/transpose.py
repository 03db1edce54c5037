# >>> nudge
nudge = out * lam * (r - y)
# >>> dW_one
half = np.outer(r_nudged - r_free, r_free) / lam
dW_one = half + half.T
# >>> dW_two
half = np.outer(r_plus - r_minus, r_free) / lam / 2
dW_two = half + half.T
