# part: s_new
# hint: 0 and 1
# >>> s_new
s_new = s.at[i].set(jnp.where(W[i] @ s >= 0, 1.0, 0.0))
