# part: v1
# hint: layer 1
# >>> v1
v1 = (w2.T @ v2) * df(w1 @ x0)
