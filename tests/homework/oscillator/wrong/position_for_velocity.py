# part: ds
# hint: position
# >>> ds
ds = s
