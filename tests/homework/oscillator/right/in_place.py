# >>> ds
ds = v.copy() if hasattr(v, 'copy') else v
# >>> dv
import jax.numpy as jnp

dv = A * jnp.cos(t)
dv -= k * s
dv /= m
# >>> s_new
s_new = s
s_new += dt * ds
# >>> v_new
v_new = v
v_new += dt * dv
# >>> t_new
t_new = t
t_new += dt
# >>> slope
slope = np.mean(np.diff(np.log(errors)) / np.diff(np.log(steps)))
