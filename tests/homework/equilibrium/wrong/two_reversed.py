# part: dW_two
# hint: reversed
# >>> dW_two
dr = (r_minus - r_plus) / (2 * lam)
dW_two = np.outer(dr, r_free) + np.outer(r_free, dr)
