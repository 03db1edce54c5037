# part: dr
# hint: g is missing
# >>> dr
dr = (-r + W @ r + x) / tau_m
