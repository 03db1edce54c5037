# >>> s
s = mu / 2 * (bm.sum(W1 ** 2) + bm.sum(W2 ** 2))
# >>> dW2
dW2 = bm.outer(dl_do, h) + mu * W2
# >>> dW1
dW1 = bm.outer((W2.T @ dl_do) * dphi(z), x) + mu * W1
