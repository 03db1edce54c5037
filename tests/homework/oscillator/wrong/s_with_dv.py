# part: s_new
# hint: dv stands for ds
# >>> s_new
s_new = s + dt * dv
