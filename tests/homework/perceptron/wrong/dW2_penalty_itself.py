# part: dW2
# hint: not differentiated
# >>> dW2
dW2 = bm.outer(dl_do, h) + mu / 2 * bm.sum(W2 ** 2)
