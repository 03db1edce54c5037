# part: v
# hint: square
# >>> v
v = error[k] ** 2 / T + (1 + dt * (w - 1)) * v
