# part: dW_two
# verdict: consistent
# >>> dW_two
dW_two = (np.outer(r_plus, r_plus) - np.outer(r_minus, r_minus)) / (2 * lam)
