# part: s_new
# hint: dt is missing
# >>> s_new
s_new = s + ds
