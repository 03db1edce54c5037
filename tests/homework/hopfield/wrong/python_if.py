# part: s_new
# hint: jnp.where
# >>> s_new
s_new = s.at[i].set(1.0 if W[i] @ s >= 0 else -1.0)
