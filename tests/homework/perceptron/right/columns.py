# >>> s
s = mu / 2 * (bm.trace(W1 @ W1.T) + bm.trace(W2.T @ W2))
# >>> dW2
dW2 = dl_do.reshape(-1, 1) @ bm.asarray(h).reshape(1, -1)
dW2 += mu * W2
# >>> dW1
delta = W2.T @ dl_do.reshape(-1, 1) * bm.asarray(dphi(z)).reshape(-1, 1)
dW1 = delta @ bm.asarray(x).reshape(1, -1)
dW1 += mu * W1
