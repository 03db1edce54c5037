# part: dv1
# hint: dt
# >>> dv1
dv1 = dt * (-v1 + w2.T @ (v2 * df(w2 @ x1)))
