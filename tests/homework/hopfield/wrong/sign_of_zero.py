# part: s_new
# hint: 0
# >>> s_new
s_new = s.at[i].set(jnp.sign(W[i] @ s))
