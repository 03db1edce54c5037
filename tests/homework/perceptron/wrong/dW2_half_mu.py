# part: dW2
# hint: mu/2
# >>> dW2
dW2 = bm.outer(dl_do, h) + mu / 2 * W2
