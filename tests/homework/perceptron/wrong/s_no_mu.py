# part: s
# hint: mu is missing
# >>> s
s = (bm.sum(W1 ** 2) + bm.sum(W2 ** 2)) / 2
