# part: W
# hint: 1/N
# >>> W
W = patterns.T @ patterns
np.fill_diagonal(W, 0)
