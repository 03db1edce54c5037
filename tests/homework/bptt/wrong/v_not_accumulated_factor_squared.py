# part: v
# hint: applied twice
# >>> v
v = error[k] / T + (1 + dt * (w - 1)) ** 2 * v
