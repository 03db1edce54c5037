# part: dW_one
# hint: reversed
# >>> dW_one
dr = (r_free - r_nudged) / lam
dW_one = np.outer(dr, r_free) + np.outer(r_free, dr)
