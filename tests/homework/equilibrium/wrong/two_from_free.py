# part: dW_two
# hint: one-sided
# >>> dW_two
dr = (r_plus - r_free) / lam
dW_two = np.outer(dr, r_free) + np.outer(r_free, dr)
