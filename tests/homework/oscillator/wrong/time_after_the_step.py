# part: dv
# hint: t + dt
# >>> dv
dv = (-k * s + A * bm.cos(t + self.dt)) / m
