# part: dr
# hint: the blank asks for dr/dt
# >>> dr
dr = r + self.dt / tau_m * (-r + g(W @ r + x))
