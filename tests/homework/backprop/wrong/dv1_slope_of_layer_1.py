# part: dv1
# hint: layer 1
# >>> dv1
dv1 = -v1 + df(w1 @ x0) * (w2.T @ v2)
