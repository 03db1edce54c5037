# part: v
# hint: Δt is missing
# >>> v
v = error[k] / T + w * v
