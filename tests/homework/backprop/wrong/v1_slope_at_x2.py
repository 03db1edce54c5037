# part: v1
# hint: misprint of some notes
# >>> v1
v1 = w2.T @ (v2 * df(w2 @ x2))
