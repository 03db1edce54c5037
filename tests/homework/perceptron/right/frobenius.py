# >>> s
s = mu * (bm.linalg.norm(W1) ** 2 + bm.linalg.norm(W2) ** 2) / 2
# >>> dW2
dW2 = bm.einsum('i,j->ij', dl_do, h) + mu * W2
# >>> dW1
dW1 = bm.einsum('k,ki,i,j->ij', dl_do, W2, dphi(z), x) + mu * W1
