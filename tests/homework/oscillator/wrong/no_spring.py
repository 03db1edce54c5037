# part: dv
# hint: spring is missing
# >>> dv
dv = A * bm.cos(t) / m
