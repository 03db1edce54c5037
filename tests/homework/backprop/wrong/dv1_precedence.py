# part: dv1
# hint: multiplies the result
# >>> dv1
dv1 = -v1 + w2.T @ v2 * df(w2 @ x1)
