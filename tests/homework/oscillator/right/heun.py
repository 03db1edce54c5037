# part: v_new
# verdict: consistent
# hint: Heun
# >>> v_new
v_new = v + dt / 2 * (dv + self.derivatives(s + dt * ds, v + dt * dv, t + dt)[1])
