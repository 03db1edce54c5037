# part: dr
# hint: leak
# >>> dr
dr = g(W @ r + x) / tau_m
