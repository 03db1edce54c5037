# part: W
# hint: last
# >>> W
for p in patterns:
    W = np.outer(p, p) / N
np.fill_diagonal(W, 0)
