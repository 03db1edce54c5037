# part: dI
# hint: there is a dt too much
# >>> dI
dI = self.dt / tau_s * (-I + W @ g(I) + x)
