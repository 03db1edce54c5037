# part: dv
# hint: missing at the drive
# >>> dv
dv = -k * s / m + A * bm.cos(t)
