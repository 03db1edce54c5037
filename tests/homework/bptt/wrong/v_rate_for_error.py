# part: v
# hint: r is used where
# >>> v
v = r_seq[k] / T + (1 + dt * (w - 1)) * v
