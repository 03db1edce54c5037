# part: dI
# hint: input x is missing
# >>> dI
dI = (-I + W @ g(I)) / tau_s
