# part: dv
# hint: drive is missing
# >>> dv
dv = -k * s / m
