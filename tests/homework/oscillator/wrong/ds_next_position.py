# part: ds
# hint: after the step
# >>> ds
ds = s + self.dt * v
