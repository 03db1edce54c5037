# >>> nudge
import jax

nudge = lam * jax.grad(self.loss)(r)
# >>> dW_one
dr = (r_nudged - r_free) / lam
dW_one = np.outer(dr, r_free) + np.outer(r_free, dr)
# >>> dW_two
dr = (r_plus - r_minus) / (2 * lam)
dW_two = np.outer(dr, r_free) + np.outer(r_free, dr)
