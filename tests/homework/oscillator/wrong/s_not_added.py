# part: s_new
# hint: starts from 0
# >>> s_new
s_new = dt * ds
