# part: dW1
# hint: other layer
# >>> dW1
dW1 = bm.outer((W2.T @ dl_do) * dphi(z), x) + mu * W2
