# part: W
# hint: shape
# >>> W
W = patterns @ patterns.T / N
np.fill_diagonal(W, 0)
