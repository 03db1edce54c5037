# part: dr
# hint: self.I
# >>> dr
dr = (-r + g(self.I.value)) / tau_m
