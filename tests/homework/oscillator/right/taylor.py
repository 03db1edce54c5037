# part: s_new
# verdict: consistent
# hint: another method
# >>> s_new
s_new = s + dt * ds + dt**2 / 3 * dv
