# part: dW2
# hint: z stands
# >>> dW2
dW2 = bm.outer(dl_do, z) + mu * W2
