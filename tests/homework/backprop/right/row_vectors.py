# >>> v1
v1 = (v2 * df(w2 @ x1)) @ w2
# >>> dv1
dv1 = (v2 * df(w2 @ x1)) @ w2 - v1
# >>> dw1
dw1 = (v1 * df(w1 @ x0))[:, None] * bm.asarray(x0)[None, :]
# >>> dw2
dw2 = (v2 * df(w2 @ x1)).reshape(-1, 1) @ bm.asarray(x1).reshape(1, -1)
