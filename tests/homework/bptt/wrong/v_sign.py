# part: v
# hint: wrong sign of the error
# >>> v
v = (y[k] - r_seq[k]) / T + (1 + dt * (w - 1)) * v
