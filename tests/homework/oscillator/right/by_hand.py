# >>> ds
ds = v + 0 * s
# >>> dv
dv = -k / m * s + A / m * bm.sin(t + np.pi / 2)
# >>> s_new
s_new, v_before = s + dt * ds, v
# >>> v_new
v_new = v_before + dt * dv
# >>> t_new
t_new = self.t + dt
# >>> slope
import math

slope = sum(math.log(e / errors[0]) for e in errors[1:]) / sum(math.log(h / steps[0]) for h in steps[1:])
