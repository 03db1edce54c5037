# part: dr
# hint: tau_s
# >>> dr
dr = (-r + g(W @ r + x)) / self.tau_s
