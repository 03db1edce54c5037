# part: v
# hint: with the factor 1
# >>> v
v = error[k] / T + v
