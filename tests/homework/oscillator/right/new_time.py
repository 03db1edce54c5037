# part: v_new
# verdict: consistent
# hint: time after the step
# >>> v_new
v_new = v + dt * self.derivatives(s, v, t + dt)[1]
