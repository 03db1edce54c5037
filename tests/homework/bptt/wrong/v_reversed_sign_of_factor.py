# part: v
# hint: wrong sign in the factor
# >>> v
v = error[k] / T + (1 - dt * (w - 1)) * v
