# >>> nudge
nudge = jnp.where(out > 0, lam * (r - y), 0.0)
# >>> dW_one
dr, r = jnp.asarray(r_nudged - r_free) / lam, jnp.asarray(r_free)
dW_one = dr[:, None] * r + r[:, None] * dr
# >>> dW_two
dr = (r_plus - r_minus) / (lam + lam)
dW_two = np.einsum('i,j->ij', dr, r_free) + np.einsum('i,j->ji', dr, r_free)
