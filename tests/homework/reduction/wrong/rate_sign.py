# part: dr
# hint: the sign of dr/dt is wrong
# >>> dr
dr = (r - g(W @ r + x)) / tau_m
