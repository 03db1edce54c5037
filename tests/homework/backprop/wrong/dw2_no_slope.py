# part: dw2
# hint: f' is missing
# >>> dw2
dw2 = bm.outer(v2, x1)
