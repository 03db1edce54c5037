# part: dI
# hint: g is missing
# >>> dI
dI = (-I + W @ I + x) / tau_s
