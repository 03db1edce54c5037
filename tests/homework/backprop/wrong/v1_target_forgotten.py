# part: v1
# hint: x2 stands
# >>> v1
v1 = w2.T @ (x2 * df(w2 @ x1))
