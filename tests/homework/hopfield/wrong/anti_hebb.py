# part: W
# hint: sign
# >>> W
W = -patterns.T @ patterns / N
np.fill_diagonal(W, 0)
