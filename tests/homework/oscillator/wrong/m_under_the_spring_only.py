# part: dv
# hint: under the drive
# >>> dv
dv = -k * s / m + A * bm.cos(t)
