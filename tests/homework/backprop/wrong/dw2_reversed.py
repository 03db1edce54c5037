# part: dw2
# hint: transposed
# >>> dw2
dw2 = bm.outer(x1, v2 * df(w2 @ x1))
