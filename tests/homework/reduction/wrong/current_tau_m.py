# part: dI
# hint: tau_m
# >>> dI
dI = (-I + W @ g(I) + x) / self.tau_m
