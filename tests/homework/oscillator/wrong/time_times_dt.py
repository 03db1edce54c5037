# part: t_new
# hint: multiplied
# >>> t_new
t_new = t * dt
