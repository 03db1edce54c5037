# part: dW1
# hint: transposed
# >>> dW1
dW1 = bm.outer(x, (W2.T @ dl_do) * dphi(z)) + mu * W1
