# part: W
# hint: both
# >>> W
W = np.tril(patterns.T @ patterns / N, -1)
