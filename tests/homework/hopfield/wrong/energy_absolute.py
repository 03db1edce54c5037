# part: E
# hint: absolute
# >>> E
E = -jnp.sum(jnp.abs(W @ s)) / 2
