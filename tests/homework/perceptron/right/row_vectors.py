# >>> s
s = 0.5 * mu * ((W1 * W1).sum() + (W2 * W2).sum())
# >>> dW2
dW2 = mu * W2 + dl_do[:, None] * h[None, :]
# >>> dW1
dW1 = mu * W1 + ((dl_do @ W2) * (1 - h ** 2))[:, None] * bm.asarray(x)[None, :]
