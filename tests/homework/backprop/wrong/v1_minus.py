# part: v1
# hint: sign
# >>> v1
v1 = -(w2.T @ (v2 * df(w2 @ x1)))
