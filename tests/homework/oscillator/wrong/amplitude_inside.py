# part: dv
# hint: cos(A t)
# >>> dv
dv = (-k * s + bm.cos(A * t)) / m
