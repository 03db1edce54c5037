# part: dW_two
# hint: 2 lam
# >>> dW_two
dr = (r_plus - r_minus) / lam
dW_two = np.outer(dr, r_free) + np.outer(r_free, dr)
