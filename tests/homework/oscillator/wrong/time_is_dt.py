# part: t_new
# hint: starts from 0
# >>> t_new
t_new = dt + 0 * t
