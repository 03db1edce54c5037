# part: dv
# hint: v stands for s
# >>> dv
dv = (-k * v + A * bm.cos(t)) / m
