# part: s
# hint: W1 is missing
# >>> s
s = mu / 2 * bm.sum(W2 ** 2)
