# part: dv
# hint: dt
# >>> dv
dv = self.dt * (-k * s + A * bm.cos(t)) / m
