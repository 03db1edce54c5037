# part: dW2
# hint: 2 mu
# >>> dW2
dW2 = bm.outer(dl_do, h) + 2 * mu * W2
