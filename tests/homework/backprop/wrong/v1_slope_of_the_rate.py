# part: v1
# hint: f' is taken of the rate x2
# >>> v1
v1 = w2.T @ (v2 * df(x2))
