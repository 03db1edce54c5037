# part: dw2
# hint: layer 1
# >>> dw2
dw2 = bm.outer(v2 * df(w1 @ x0), x1)
