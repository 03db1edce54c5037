# part: v
# hint: only the error of the last step
# >>> v
v = error[-1] / T if k == T - 1 else (1 + dt * (w - 1)) * v
