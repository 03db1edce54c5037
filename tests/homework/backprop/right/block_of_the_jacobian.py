# >>> v1
block = df(w2 @ x1)[:, None] * w2    # dF2/dx1
v1 = v2 @ block
# >>> dv1
block = df(w2 @ x1)[:, None] * w2
dv1 = v1 * (-1) + v2 @ block
# >>> dw1
dw1 = (v1 * df(w1 @ x0)).reshape(-1, 1) * x0
# >>> dw2
dw2 = (v2 * df(w2 @ x1)).reshape(-1, 1) * x1
