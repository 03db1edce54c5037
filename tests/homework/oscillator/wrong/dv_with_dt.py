# part: dv
# hint: there is a dt too much
# >>> dv
dv = self.dt * (-k * s + A * bm.cos(t)) / m
