# part: dw2
# hint: 0.5 times
# >>> dw2
dw2 = bm.outer(v2 * df(w2 @ x1), x1) / 2
