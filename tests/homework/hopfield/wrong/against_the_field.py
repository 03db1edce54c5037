# part: s_new
# hint: against its field
# >>> s_new
s_new = s.at[i].set(jnp.where(W[i] @ s >= 0, -1.0, 1.0))
