# >>> W
W = bm.as_jax(bm.matmul(patterns.T, patterns)) / N
W = np.array(W)
W -= np.diag(np.diag(W))
# >>> s_new
h = bm.as_jax(bm.dot(W[i], s))
new = jnp.where(h != 0, jnp.sign(h), s[i])
s_new = s + (jnp.arange(s.size) == i) * (new - s)
# >>> E
E = -0.5 * bm.as_jax(bm.sum(W * bm.outer(s, s)))
