# part: dv
# hint: k and m
# >>> dv
dv = (-m * s + A * bm.cos(t)) / k
