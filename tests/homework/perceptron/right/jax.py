# >>> s
import jax.numpy as jnp
s = mu * 0.5 * (jnp.vdot(W1, W1) + jnp.vdot(W2, W2))
# >>> dW2
import jax
import jax.numpy as jnp


def total(W1, W2):
    return jnp.sum((W2 @ jnp.tanh(W1 @ bm.as_jax(x)) - bm.as_jax(y)) ** 2) / 2 + mu / 2 * (jnp.sum(W1**2) + jnp.sum(W2**2))


_, dW2 = jax.grad(total, (0, 1))(W1, W2)
# >>> dW1
import jax.numpy as jnp
dW1 = (W2.T @ bm.as_jax(dl_do) * (1 - jnp.tanh(bm.as_jax(z)) ** 2)).reshape(-1, 1) * bm.as_jax(x) + mu * W1
