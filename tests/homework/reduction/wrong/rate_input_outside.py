# part: dr
# hint: outside of g
# >>> dr
dr = (-r + g(W @ r) + x) / tau_m
