# part: dv1
# verdict: consistent
# hint: only at rest
# >>> dv1
dv1 = -v1 + w2.T @ (v2 * (1 - x2 ** 2))
