# part: s_new
# verdict: consistent
# >>> W
p = jnp.asarray(patterns)
W = sum(jnp.outer(a, a) for a in p) / N
W = W.at[jnp.diag_indices(N)].set(0)
# >>> s_new
s_new = s.at[i].set(2.0 * (jnp.sum(W[i] * s) >= 0) - 1)
# >>> E
E = -jnp.sum(s * (W @ s)) / 2
