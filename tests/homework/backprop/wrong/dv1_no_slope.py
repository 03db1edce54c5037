# part: dv1
# hint: f' is missing
# >>> dv1
dv1 = -v1 + w2.T @ v2
