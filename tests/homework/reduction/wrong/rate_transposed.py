# part: dr
# hint: transposed
# >>> dr
dr = (-r + g(W.T @ r + x)) / tau_m
