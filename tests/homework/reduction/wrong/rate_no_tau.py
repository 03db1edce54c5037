# part: dr
# hint: 1/tau_m is missing
# >>> dr
dr = -r + g(W @ r + x)
