# part: dW_one
# verdict: consistent
# hint: r_free
# >>> dW_one
dr = (r_nudged - r_free) / lam
dW_one = np.outer(dr, r_nudged) + np.outer(r_nudged, dr)
