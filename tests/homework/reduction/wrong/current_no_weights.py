# part: dI
# hint: W is missing
# >>> dI
dI = (-I + g(I) + x) / tau_s
