# part: dW_two
# hint: both directions
# >>> dW_two
dW_two = np.outer((r_plus - r_minus) / (2 * lam), r_free)
