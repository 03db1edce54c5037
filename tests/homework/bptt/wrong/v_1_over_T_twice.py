# part: v
# hint: 1/T is applied twice
# >>> v
v = error[k] / T ** 2 + (1 + dt * (w - 1)) * v
