# part: dv
# hint: sign of the spring
# >>> dv
dv = (k * s + A * bm.cos(t)) / m
