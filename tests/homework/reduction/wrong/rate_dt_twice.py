# part: dr
# hint: dt
# >>> dr
dr = self.dt / tau_m * (-r + g(W @ r + x))
