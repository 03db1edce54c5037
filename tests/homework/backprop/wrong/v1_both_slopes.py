# part: v1
# hint: one f' too many
# >>> v1
v1 = (w2.T @ (v2 * df(w2 @ x1))) * df(w1 @ x0)
