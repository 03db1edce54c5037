# part: dW2
# hint: mu is missing
# >>> dW2
dW2 = bm.outer(dl_do, h) + W2
