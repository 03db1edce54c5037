# part: dI
# hint: firing-rate model
# >>> dI
dI = (-I + g(W @ I + x)) / tau_s
