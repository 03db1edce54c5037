# part: s_new
# hint: dt
# >>> s_new
s_new = s + dt ** 2 * ds
