# part: dW1
# hint: not transposed
# >>> dW1
dW1 = bm.outer((W2 @ dl_do) * dphi(z), x) + mu * W1
