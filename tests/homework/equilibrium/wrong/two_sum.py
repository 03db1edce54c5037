# part: dW_two
# hint: difference
# >>> dW_two
dr = (r_plus + r_minus) / (2 * lam)
dW_two = np.outer(dr, r_free) + np.outer(r_free, dr)
