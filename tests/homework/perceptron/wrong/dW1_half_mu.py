# part: dW1
# hint: mu/2
# >>> dW1
dW1 = bm.outer((W2.T @ dl_do) * dphi(z), x) + mu / 2 * W1
