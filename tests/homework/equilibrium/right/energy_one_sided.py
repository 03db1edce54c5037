# part: dW_one
# verdict: consistent
# >>> dW_one
dW_one = (np.outer(r_nudged, r_nudged) - np.outer(r_free, r_free)) / lam
