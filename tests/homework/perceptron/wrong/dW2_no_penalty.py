# part: dW2
# hint: penalty is missing
# >>> dW2
dW2 = bm.outer(dl_do, h)
