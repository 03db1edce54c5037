# part: E
# hint: both
# >>> E
E = -jnp.sum(W @ s) / 2
