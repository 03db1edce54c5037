# part: dI
# hint: x stands inside of g
# >>> dI
dI = (-I + W @ g(I + x)) / tau_s
