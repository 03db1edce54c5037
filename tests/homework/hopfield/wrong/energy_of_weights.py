# part: E
# hint: states
# >>> E
E = -jnp.sum(W) / 2
