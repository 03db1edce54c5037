# >>> ds
ds = v
# >>> dv
force = A * bm.cos(t) - k * s
dv = force / m
# >>> s_new
s_new = s + self.dt * v
# >>> v_new
v_new = v + self.dt / self.m * (self.A * bm.cos(t) - self.k * s)
# >>> t_new
t_new = t + self.dt
# >>> slope
slope = np.log(errors[0] / errors[-1]) / np.log(steps[0] / steps[-1])
