# part: dI
# hint: x stands inside the product with W
# >>> dI
dI = (-I + W @ (g(I) + x)) / tau_s
