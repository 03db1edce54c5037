# part: ds
# hint: 1/m
# >>> ds
ds = v / m
