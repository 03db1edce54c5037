# >>> v1
v1 = w2.T @ (v2 * (1 - x2 ** 2))    # f' = 1 - f^2 at rest
# >>> dw1
w2_x1 = w2 @ x1
v1_again = w2.T @ (v2 * df(w2_x1))    # v1* follows from v2*
dw1 = bm.outer(v1_again * (1 - x1 ** 2), x0)
# >>> dw2
_, x2 = self.rest(x0)
dw2 = bm.outer(v2 * (1 - x2 ** 2), x1)
