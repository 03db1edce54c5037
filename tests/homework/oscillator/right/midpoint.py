# part: s_new
# verdict: consistent
# hint: midpoint
# >>> s_new
s_new = s + dt * self.derivatives(s + dt / 2 * ds, v + dt / 2 * dv, t + dt / 2)[0]
