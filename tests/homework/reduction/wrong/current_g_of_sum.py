# part: dI
# hint: g stands at the wrong place: first g
# >>> dI
dI = (-I + g(W @ I) + x) / tau_s
