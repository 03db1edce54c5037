# part: s_new
# hint: own state
# >>> s_new
s_new = s.at[i].set(jnp.where(s[i] * (W[i] @ s) >= 0, 1.0, -1.0))
