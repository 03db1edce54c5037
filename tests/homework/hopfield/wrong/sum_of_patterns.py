# part: W
# hint: sum of the patterns
# >>> W
p = patterns.sum(0)
W = np.outer(p, p) / N
np.fill_diagonal(W, 0)
