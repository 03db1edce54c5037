# part: v
# hint: leak is missing
# >>> v
v = error[k] / T + (1 + dt * w) * v
