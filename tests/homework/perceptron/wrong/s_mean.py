# part: s
# hint: mean
# >>> s
s = mu / 2 * (bm.mean(W1 ** 2) + bm.mean(W2 ** 2))
