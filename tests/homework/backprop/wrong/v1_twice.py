# part: v1
# hint: 2 times
# >>> v1
v1 = 2 * w2.T @ (v2 * df(w2 @ x1))
