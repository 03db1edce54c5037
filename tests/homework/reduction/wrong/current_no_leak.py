# part: dI
# hint: leak
# >>> dI
dI = (W @ g(I) + x) / tau_s
