# part: v
# hint: factor 2
# >>> v
v = 2 * error[k] / T + (1 + dt * (w - 1)) * v
