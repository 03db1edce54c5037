# part: dv1
# hint: w2 is not transposed
# >>> dv1
dv1 = -v1 + w2 @ (v2 * df(w2 @ x1))
