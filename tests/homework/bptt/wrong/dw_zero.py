# part: dw
# hint: nothing
# >>> dw
dw = 0. * eta
