# part: dw1
# hint: transposed
# >>> dw1
dw1 = bm.outer(x0, v1 * df(w1 @ x0))
