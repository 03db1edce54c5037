# part: dv
# hint: sign of the drive
# >>> dv
dv = (-k * s - A * bm.cos(t)) / m
