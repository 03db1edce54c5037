# part: dw1
# hint: f' is missing
# >>> dw1
dw1 = bm.outer(v1, x0)
