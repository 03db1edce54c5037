# >>> W
W = (patterns.T @ patterns - P * np.eye(N)) / N
# >>> s_new
h = W[i] @ s
s_new = s.at[i].set(jnp.where(h == 0, s[i], jnp.sign(h)))
# >>> E
E = -0.5 * jnp.dot(s, jnp.dot(W, s))
