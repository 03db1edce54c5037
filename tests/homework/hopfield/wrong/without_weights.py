# part: s_new
# hint: weights
# >>> s_new
s_new = s.at[i].set(jnp.where(jnp.sum(s) >= 0, 1.0, -1.0))
