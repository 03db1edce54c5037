# part: dW1
# hint: W2 are missing
# >>> dW1
dW1 = bm.outer(dl_do * dphi(z), x) + mu * W1
