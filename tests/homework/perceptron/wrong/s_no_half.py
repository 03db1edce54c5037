# part: s
# hint: 1/2
# >>> s
s = mu * (bm.sum(W1 ** 2) + bm.sum(W2 ** 2))
