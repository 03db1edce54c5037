# part: s_new
# verdict: consistent
# >>> W
W = patterns.T @ patterns / N
np.fill_diagonal(W, 0)
# >>> s_new
s_new = s.at[i].set(jnp.where(W[i] @ s >= 0, 1.0, -1.0))
# >>> E
E = -s @ W @ s / 2
