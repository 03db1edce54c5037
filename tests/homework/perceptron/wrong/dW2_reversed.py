# part: dW2
# hint: transposed
# >>> dW2
dW2 = bm.outer(h, dl_do) + mu * W2
