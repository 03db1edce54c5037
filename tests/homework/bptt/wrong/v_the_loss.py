# part: v
# hint: factor ½
# >>> v
v = error[k] ** 2 / (2 * T) + (1 + dt * (w - 1)) * v
