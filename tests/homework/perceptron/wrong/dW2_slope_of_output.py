# part: dW2
# hint: output is linear
# >>> dW2
dW2 = bm.outer(dl_do * dphi(o), h) + mu * W2
