# part: v
# hint: multiplied by r_t
# >>> v
v = error[k] / T + (1 + dt * (w - 1)) * v * r_seq[k]
