# part: dW1
# hint: sigmoid
# >>> dW1
dW1 = bm.outer((W2.T @ dl_do) * h * (1 - h), x) + mu * W1
