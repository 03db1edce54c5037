# part: v
# hint: later steps
# >>> v
v = error[k] / T
