# part: dI
# hint: 1/tau_s is missing
# >>> dI
dI = -I + W @ g(I) + x
