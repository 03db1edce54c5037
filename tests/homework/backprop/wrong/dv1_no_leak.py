# part: dv1
# hint: term -v1 is missing
# >>> dv1
dv1 = w2.T @ (v2 * df(w2 @ x1))
