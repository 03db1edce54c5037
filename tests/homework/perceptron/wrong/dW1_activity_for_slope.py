# part: dW1
# hint: phi(z)
# >>> dW1
dW1 = bm.outer((W2.T @ dl_do) * h, x) + mu * W1
