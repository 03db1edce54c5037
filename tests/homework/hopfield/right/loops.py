# >>> W
W = np.zeros((N, N))
for p in patterns:
    W += np.outer(p, p) / N
for i in range(N):
    W[i, i] = 0
# >>> s_new
h = 0.0
for j in range(len(s)):
    h = h + W[i, j] * s[j]
s_new = s.at[i].set(jnp.where(h > 0, 1.0, jnp.where(h < 0, -1.0, s[i])))
# >>> E
E = 0.0
for i in range(len(s)):
    for j in range(len(s)):
        E = E - W[i, j] * s[i] * s[j] / 2
