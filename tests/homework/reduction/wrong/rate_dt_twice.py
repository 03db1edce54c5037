# part: dr
# hint: there is a dt too much
# >>> dr
dr = self.dt / tau_m * (-r + g(W @ r + x))
