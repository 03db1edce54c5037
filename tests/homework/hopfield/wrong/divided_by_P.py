# part: W
# hint: 1/N
# >>> W
W = patterns.T @ patterns / P
np.fill_diagonal(W, 0)
