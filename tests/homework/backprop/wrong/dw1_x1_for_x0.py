# part: dw1
# hint: x0
# >>> dw1
dw1 = bm.outer(v1 * df(w1 @ x0), x1)
