# part: v
# hint: lacks the 1
# >>> v
v = error[k] / T + dt * (w - 1) * v
