# part: dI
# hint: 1/tau_s is missing: the equation gives tau_s dI/dt. g is missing
# >>> dI
dI = -I + W @ I + x
