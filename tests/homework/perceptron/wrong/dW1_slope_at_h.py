# part: dW1
# hint: phi'(h)
# >>> dW1
dW1 = bm.outer((W2.T @ dl_do) * dphi(h), x) + mu * W1
