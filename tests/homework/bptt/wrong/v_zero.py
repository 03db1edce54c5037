# part: v
# hint: v is 0 in every step
# >>> v
v = 0. * error[k]
