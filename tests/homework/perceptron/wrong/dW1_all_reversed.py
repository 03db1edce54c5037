# part: dW1
# hint: sign
# >>> dW1
dW1 = -bm.outer((W2.T @ dl_do) * dphi(z), x) - mu * W1
