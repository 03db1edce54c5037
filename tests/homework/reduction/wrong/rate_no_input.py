# part: dr
# hint: input x is missing
# >>> dr
dr = (-r + g(W @ r)) / tau_m
