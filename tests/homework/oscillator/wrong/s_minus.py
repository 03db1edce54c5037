# part: s_new
# hint: sign
# >>> s_new
s_new = s - dt * ds
