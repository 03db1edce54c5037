# part: dW1
# hint: after W2^T
# >>> dW1
dW1 = bm.outer(W2.T @ (dl_do * dphi(z)), x) + mu * W1
