# part: s_new
# hint: does not change
# >>> s_new
s_new = s.at[i].set(jnp.where(s[i] >= 0, 1.0, -1.0))
