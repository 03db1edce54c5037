# part: ds
# hint: dt
# >>> ds
ds = self.dt * v
