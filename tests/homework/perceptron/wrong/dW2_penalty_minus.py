# part: dW2
# hint: sign of the penalty
# >>> dW2
dW2 = bm.outer(dl_do, h) - mu * W2
