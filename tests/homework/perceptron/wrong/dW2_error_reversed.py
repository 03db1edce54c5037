# part: dW2
# hint: sign
# >>> dW2
dW2 = bm.outer(y - o, h) + mu * W2
