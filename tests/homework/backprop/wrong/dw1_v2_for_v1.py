# part: dw1
# hint: v2 stands
# >>> dw1
dw1 = bm.outer(v2 * df(w1 @ x0), x0)
