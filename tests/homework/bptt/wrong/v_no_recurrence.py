# part: v
# hint: recurrence is missing
# >>> v
v = error[k] / T + (1 - dt) * v
