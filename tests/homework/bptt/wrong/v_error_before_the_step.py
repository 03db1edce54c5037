# part: v
# hint: added after the multiplication
# >>> v
v = (1 + dt * (w - 1)) * (v + error[k] / T)
