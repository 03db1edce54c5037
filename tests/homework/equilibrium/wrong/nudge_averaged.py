# part: nudge
# hint: number of outputs
# >>> nudge
nudge = lam * out * (r - y) / jnp.sum(out)
