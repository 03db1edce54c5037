# part: dw1
# hint: v2 stands
# >>> dw1
dw1 = bm.outer(v2 * df(w2 @ x1), x0)
