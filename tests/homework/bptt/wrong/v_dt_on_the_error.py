# part: v
# hint: Δt stands at the error
# >>> v
v = dt * error[k] / T + (1 + dt * (w - 1)) * v
