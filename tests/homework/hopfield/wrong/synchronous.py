# part: s_new
# hint: only unit i
# >>> s_new
s_new = jnp.where(W @ s >= 0, 1.0, -1.0)
