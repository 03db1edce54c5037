# part: dI
# hint: wrong time constant
# >>> dI
dI = (-I + W @ g(I) + x) / self.tau_m
