# part: dW1
# hint: phi' is missing
# >>> dW1
dW1 = bm.outer(W2.T @ dl_do, x) + mu * W1
