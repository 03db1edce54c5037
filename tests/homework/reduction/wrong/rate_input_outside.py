# part: dr
# hint: the input x stands outside of g
# >>> dr
dr = (-r + g(W @ r) + x) / tau_m
