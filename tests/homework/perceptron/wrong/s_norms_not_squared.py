# part: s
# hint: not squared
# >>> s
s = mu / 2 * (bm.sqrt(bm.sum(W1 ** 2)) + bm.sqrt(bm.sum(W2 ** 2)))
