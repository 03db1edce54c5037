# part: v
# hint: 1/T is missing
# >>> v
v = error[k] + (1 + dt * (w - 1)) * v
