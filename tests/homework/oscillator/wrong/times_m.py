# part: dv
# hint: multiplied by m
# >>> dv
dv = (-k * s + A * bm.cos(t)) * m
