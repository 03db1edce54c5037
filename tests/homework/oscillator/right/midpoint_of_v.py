# part: v_new
# verdict: consistent
# hint: midpoint
# >>> v_new
v_new = v + dt * self.derivatives(s + dt / 2 * ds, v + dt / 2 * dv, t + dt / 2)[1]
