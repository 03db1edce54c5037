# part: s_new
# hint: the step dt is applied twice
# >>> s_new
s_new = s + dt ** 2 * ds
