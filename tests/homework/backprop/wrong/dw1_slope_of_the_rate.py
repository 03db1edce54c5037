# part: dw1
# hint: f' is taken of the rate x1
# >>> dw1
dw1 = bm.outer(v1 * df(x1), x0)
