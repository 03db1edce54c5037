# part: t_new
# hint: counts steps
# >>> t_new
t_new = t + 1
