# part: dI
# hint: the leak −I is missing
# >>> dI
dI = (W @ g(I) + x) / tau_s
