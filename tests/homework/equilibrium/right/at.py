# >>> nudge
nudge = jnp.zeros(len(r))
for i in np.flatnonzero(np.asarray(out)):
    nudge = nudge.at[i].add(lam[0] * (r[i] - y[i]))
# >>> dW_one
a, b = np.asarray(r_nudged), np.asarray(r_free)
dW_one = (np.outer(a, b) + np.outer(b, a) - 2 * np.outer(b, b)) / lam
# >>> dW_two
shift = bm.as_jax(r_plus) - bm.as_jax(r_minus)
dW_two = (bm.as_jax(bm.outer(shift, r_free)) + bm.as_jax(bm.outer(r_free, shift))) * 0.5 / lam
