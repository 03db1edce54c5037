# part: dW1
# hint: multiplies the penalty, too
# >>> dW1
dW1 = (bm.outer(W2.T @ dl_do, x) + mu * W1) * dphi(z)[:, None]
