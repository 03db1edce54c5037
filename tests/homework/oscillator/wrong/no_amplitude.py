# part: dv
# hint: A is missing
# >>> dv
dv = (-k * s + bm.cos(t)) / m
