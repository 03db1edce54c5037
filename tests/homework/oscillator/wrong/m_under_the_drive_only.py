# part: dv
# hint: missing at the force of the spring
# >>> dv
dv = -k * s + A * bm.cos(t) / m
