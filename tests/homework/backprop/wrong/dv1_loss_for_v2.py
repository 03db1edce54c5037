# part: dv1
# verdict: consistent
# hint: x2 - y
# >>> dv1
dv1 = -v1 + w2.T @ ((x2 - y) * df(w2 @ x1))
