# part: v_new
# verdict: consistent
# hint: symplectic
# >>> v_new
v_new = v + dt * self.derivatives(s + dt * ds, v, t)[1]
