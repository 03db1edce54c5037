# part: dI
# hint: x
# >>> dI
dI = (-I + W @ g(I + x)) / tau_s
