# part: dw2
# hint: misprint of some notes
# >>> dw2
_, x2 = self.rest(x0)
dw2 = bm.outer(v2 * df(w2 @ x2), x1)
