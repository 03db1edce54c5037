# part: dW2
# hint: other layer
# >>> dW2
dW2 = bm.outer(dl_do, h) + mu * W1
