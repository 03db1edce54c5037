# part: dW2
# hint: number of outputs
# >>> dW2
dW2 = bm.outer(dl_do, h) / len(o) + mu * W2
