# >>> s
s = 0.
for W in (W1, W2):
    for row in W:
        s = s + mu * bm.sum(row ** 2) / 2
# >>> dW2
dW2 = bm.zeros(W2.shape)
for i in range(W2.shape[0]):
    for j in range(W2.shape[1]):
        dW2[i, j] = dl_do[i] * h[j] + mu * W2[i, j]
# >>> dW1
slope = dphi(z)
dW1 = bm.zeros(W1.shape)
for i in range(W1.shape[0]):
    back = sum(dl_do[k] * W2[k, i] for k in range(W2.shape[0]))
    dW1[i] = back * slope[i] * x + mu * W1[i]
