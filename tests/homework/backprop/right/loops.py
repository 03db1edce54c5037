# >>> v1
slope = df(w2 @ x1)
v1 = bm.zeros(len(x1))
for i in range(len(v2)):
    v1 += v2[i] * slope[i] * w2[i]
# >>> dv1
slope = df(w2 @ x1)
dv1 = -v1
for i in range(len(v2)):
    dv1 += v2[i] * slope[i] * w2[i, :]
# >>> dw1
slope = df(w1 @ x0)
dw1 = bm.zeros(w1.shape)
for i in range(w1.shape[0]):
    for j in range(w1.shape[1]):
        dw1[i, j] = v1[i] * slope[i] * x0[j]
# >>> dw2
slope = df(w2 @ x1)
dw2 = np.zeros(w2.shape)
for i in range(w2.shape[0]):
    for j in range(w2.shape[1]):
        dw2[i, j] = float(v2[i] * slope[i] * x1[j])
