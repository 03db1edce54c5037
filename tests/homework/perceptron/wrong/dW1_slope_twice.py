# part: dW1
# hint: twice
# >>> dW1
dW1 = bm.outer((W2.T @ dl_do) * dphi(z) ** 2, x) + mu * W1
