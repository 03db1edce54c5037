# part: s_new
# verdict: consistent
# >>> W
W = np.einsum('mi,mj->ij', patterns, patterns) * (1 - np.eye(N)) / N
# >>> s_new
s_new = jnp.where(jnp.arange(len(s)) == i, jnp.where(W @ s > 0, 1, -1), s)
# >>> E
E = -jnp.einsum('i,ij,j->', s, W, s) / 2
