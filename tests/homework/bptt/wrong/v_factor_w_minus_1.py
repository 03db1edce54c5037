# part: v
# hint: derivative of dr/dt
# >>> v
v = error[k] / T + (w - 1) * v
