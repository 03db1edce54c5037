# part: s_new
# hint: derivative
# >>> s_new
s_new = ds
