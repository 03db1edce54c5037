# part: W
# hint: last pattern
# >>> W
for p in patterns:
    W = np.outer(p, p) / P
