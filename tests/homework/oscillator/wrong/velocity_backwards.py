# part: ds
# hint: sign
# >>> ds
ds = -v
