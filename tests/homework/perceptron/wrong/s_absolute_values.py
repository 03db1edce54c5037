# part: s
# hint: absolute
# >>> s
s = mu / 2 * (bm.sum(bm.abs(W1)) + bm.sum(bm.abs(W2)))
