# part: dv
# hint: 1/m is missing
# >>> dv
dv = -k * s + A * bm.cos(t)
