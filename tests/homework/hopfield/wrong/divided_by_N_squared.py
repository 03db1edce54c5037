# part: W
# hint: N
# >>> W
W = patterns.T @ patterns / N**2
np.fill_diagonal(W, 0)
