# part: dw2
# hint: x1
# >>> dw2
dw2 = bm.outer(v2 * df(w2 @ x1), x0)
