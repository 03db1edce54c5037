# >>> W
W = np.zeros((N, N))
for i in range(N):
    for j in range(i):
        W[i, j] = W[j, i] = np.mean(patterns[:, i] * patterns[:, j]) * P / N
# >>> s_new
flipped = s.at[i].multiply(-1)
s_new = jnp.where(s[i] * (W[i] @ s) < 0, flipped, s)
# >>> E
E = -jnp.sum(jnp.triu(W, 1) * jnp.outer(s, s))
