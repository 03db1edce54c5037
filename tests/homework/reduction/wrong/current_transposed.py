# part: dI
# hint: transposed
# >>> dI
dI = (-I + W.T @ g(I) + x) / tau_s
