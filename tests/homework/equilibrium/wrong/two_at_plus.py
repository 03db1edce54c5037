# part: dW_two
# hint: r_free
# >>> dW_two
dr = (r_plus - r_minus) / (2 * lam)
dW_two = np.outer(dr, r_plus) + np.outer(r_plus, dr)
