# part: s
# hint: square of the sum
# >>> s
s = mu / 2 * (bm.sum(W1) ** 2 + bm.sum(W2) ** 2)
