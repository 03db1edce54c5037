# part: dW_two
# hint: second
# >>> dW_two
dr = (r_plus - 2 * r_free + r_minus) / lam**2
dW_two = np.outer(dr, r_free) + np.outer(r_free, dr)
