# >>> nudge
nudge = jnp.array([lam[0] * out[i] * (r[i] - y[i]) for i in range(len(r))])
# >>> dW_one
n = len(r_free)
dW_one = np.zeros((n, n))
for i in range(n):
    for j in range(n):
        dW_one[i, j] += (r_nudged[i] - r_free[i]) / lam * r_free[j]
        dW_one[i, j] += (r_nudged[j] - r_free[j]) / lam * r_free[i]
# >>> dW_two
n = len(r_free)
dW_two = np.empty((n, n))
for i in range(n):
    for j in range(i + 1):
        dW_two[i, j] = dW_two[j, i] = ((r_plus[i] - r_minus[i]) * r_free[j] + (r_plus[j] - r_minus[j]) * r_free[i]) / 2 / lam
