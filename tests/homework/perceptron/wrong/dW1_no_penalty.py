# part: dW1
# hint: penalty is missing
# >>> dW1
dW1 = bm.outer((W2.T @ dl_do) * dphi(z), x)
