# part: s_new
# hint: all units but
# >>> s_new
s_new = jnp.where(W @ s >= 0, 1.0, -1.0).at[i].set(s[i])
