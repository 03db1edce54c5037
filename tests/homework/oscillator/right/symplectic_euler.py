# part: s_new
# verdict: consistent
# hint: symplectic
# >>> s_new
s_new = s + dt * (v + dt * dv)
