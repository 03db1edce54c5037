# part: s
# hint: spectral
# >>> s
s = mu / 2 * (bm.linalg.norm(W1, 2) ** 2 + bm.linalg.norm(W2, 2) ** 2)
