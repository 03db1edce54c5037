# part: dr
# hint: sign
# >>> dr
dr = (r - g(W @ r + x)) / tau_m
