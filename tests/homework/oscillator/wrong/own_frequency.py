# part: dv
# hint: frequency
# >>> dv
dv = (-k * s + A * bm.cos((k / m) ** 0.5 * t)) / m
