# part: dW_one
# hint: one triangle
# >>> dW_one
n = len(r_free)
dr = (r_nudged - r_free) / lam
dW_one = np.zeros((n, n))
for i in range(n):
    for j in range(i):
        dW_one[i, j] = dr[i] * r_free[j] + dr[j] * r_free[i]
