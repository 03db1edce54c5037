# part: dW1
# hint: h stands
# >>> dW1
dW1 = bm.outer((W2.T @ dl_do) * dphi(z), h) + mu * W1
