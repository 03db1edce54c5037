# part: dW1
# hint: sign
# >>> dW1
dW1 = bm.outer((W2.T @ (y - o)) * dphi(z), x) + mu * W1
