# >>> v1
w2, v2, x1 = np.asarray(w2), np.asarray(v2), np.asarray(x1)
v1 = np.einsum('i,i,ij->j', v2, 1 - np.tanh(w2 @ x1) ** 2, w2)
# >>> dv1
dv1 = bm.einsum('i,i,ij->j', v2, 1 - bm.tanh(w2 @ x1) ** 2, w2) - v1
# >>> dw1
x0, v1, w1 = np.asarray(x0), np.asarray(v1), np.asarray(w1)
dw1 = np.outer(v1 * (1 - np.tanh(w1 @ x0) ** 2), x0)
# >>> dw2
x1, v2, w2 = np.asarray(x1), np.asarray(v2), np.asarray(w2)
dw2 = np.outer(v2 / np.cosh(w2 @ x1) ** 2, x1)
