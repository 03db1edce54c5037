# part: dI
# hint: dt
# >>> dI
dI = self.dt / tau_s * (-I + W @ g(I) + x)
