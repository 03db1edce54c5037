# part: ds
# hint: dv
# >>> ds
ds = (-k * s + A * bm.cos(t)) / m
