# part: dI
# hint: input
# >>> dI
dI = (-I + g(W @ I) + x) / tau_s
