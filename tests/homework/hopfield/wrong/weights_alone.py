# part: s_new
# hint: states
# >>> s_new
s_new = s.at[i].set(jnp.where(jnp.sum(W[i]) >= 0, 1.0, -1.0))
