# part: dr
# hint: wrong time constant
# >>> dr
dr = (-r + g(W @ r + x)) / self.tau_s
