# part: W
# hint: diagonal
# >>> W
W = patterns.T @ patterns / N
np.fill_diagonal(W, 1)
