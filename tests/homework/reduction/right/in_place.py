# >>> I_new
I_new = bm.as_jax(I)
I_new += dt / tau_s * (x - I)
I_new = I_new.at[:].add(bm.as_jax(W) @ bm.as_jax(spikes) / tau_s)
# >>> dr
dr = g(W @ r + x)
dr -= r
dr /= tau_m
# >>> dI
dI = W @ g(I)
dI += x
dI = (dI - I) / tau_s
