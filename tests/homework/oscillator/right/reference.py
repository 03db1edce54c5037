# >>> ds
ds = v
# >>> dv
dv = (-k * s + A * bm.cos(t)) / m
# >>> s_new
s_new = s + dt * ds
# >>> v_new
v_new = v + dt * dv
# >>> t_new
t_new = t + dt
# >>> slope
slope = np.polyfit(np.log(steps), np.log(errors), 1)[0]
