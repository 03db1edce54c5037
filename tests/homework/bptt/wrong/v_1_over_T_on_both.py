# part: v
# hint: divides the old v as well
# >>> v
v = (error[k] + (1 + dt * (w - 1)) * v) / T
