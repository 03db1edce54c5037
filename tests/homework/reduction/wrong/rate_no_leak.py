# part: dr
# hint: the leak −r is missing
# >>> dr
dr = g(W @ r + x) / tau_m
