# part: t_new
# hint: stand
# >>> t_new
t_new = t
