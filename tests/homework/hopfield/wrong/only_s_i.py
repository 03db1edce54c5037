# part: s_new
# hint: expected all N states
# >>> s_new
s_new = jnp.where(W[i] @ s >= 0, 1.0, -1.0)
