# part: dW1
# hint: penalty
# >>> dW1
dW1 = bm.outer((W2.T @ dl_do + mu * z) * dphi(z), x) + mu * W1
