# part: v
# hint: error of another step
# >>> v
v = (error[k + 1] if k + 1 < T else 0.) / T + (1 + dt * (w - 1)) * v
