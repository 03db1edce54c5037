# >>> v1
import jax.numpy as jnp
n1, n2 = len(x1), len(x2)
J = -jnp.eye(n1 + n2)
J = J.at[n1:, :n1].set(jnp.diag(bm.as_jax(df(w2 @ x1))) @ w2)
dl_dr = jnp.concatenate([jnp.zeros(n1), bm.as_jax(v2)])
v1 = -jnp.linalg.solve(J.T, dl_dr)[:n1]
# >>> dv1
import jax
dv1 = -v1 + jax.vjp(lambda x1: bm.as_jax(self.f(w2 @ x1)), x1)[1](v2)[0]
# >>> dw1
import jax
dw1 = jax.vjp(lambda w1: bm.as_jax(self.f(w1 @ x0)), w1)[1](bm.as_jax(v1))[0]
# >>> dw2
import jax
dw2 = jax.vjp(lambda w2: bm.as_jax(self.f(w2 @ x1)), w2)[1](bm.as_jax(v2))[0]
