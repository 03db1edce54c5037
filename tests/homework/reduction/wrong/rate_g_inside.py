# part: dr
# hint: current model
# >>> dr
dr = (-r + W @ g(r) + x) / tau_m
