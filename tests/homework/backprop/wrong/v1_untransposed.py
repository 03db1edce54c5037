# part: v1
# hint: w2 is not transposed
# >>> v1
v1 = w2 @ (v2 * df(w2 @ x1))
