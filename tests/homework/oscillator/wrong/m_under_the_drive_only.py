# part: dv
# hint: under the spring
# >>> dv
dv = -k * s + A * bm.cos(t) / m
