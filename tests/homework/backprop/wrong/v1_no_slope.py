# part: v1
# hint: f' is missing
# >>> v1
v1 = w2.T @ v2
