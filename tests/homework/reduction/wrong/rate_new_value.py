# part: dr
# hint: dr/dt
# >>> dr
dr = r + self.dt / tau_m * (-r + g(W @ r + x))
