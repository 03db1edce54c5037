# part: W
# hint: half
# >>> W
W = patterns.T @ patterns / (2 * N)
np.fill_diagonal(W, 0)
