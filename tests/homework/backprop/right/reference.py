# >>> v1
v1 = w2.T @ (v2 * df(w2 @ x1))
# >>> dv1
dv1 = -v1 + w2.T @ (v2 * df(w2 @ x1))
# >>> dw1
dw1 = bm.outer(v1 * df(w1 @ x0), x0)
# >>> dw2
dw2 = bm.outer(v2 * df(w2 @ x1), x1)
