# part: dW1
# hint: W2 is missing
# >>> dW1
dW1 = bm.outer(dl_do * dphi(z), x) + mu * W1
