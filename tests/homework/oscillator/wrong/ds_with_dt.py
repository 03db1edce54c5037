# part: ds
# hint: there is a dt too much
# >>> ds
ds = self.dt * v
