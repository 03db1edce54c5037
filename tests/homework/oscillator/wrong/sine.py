# part: dv
# hint: sin
# >>> dv
dv = (-k * s + A * bm.sin(t)) / m
