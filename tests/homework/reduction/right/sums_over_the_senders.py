# >>> I_new
I_new = I - dt * I / tau_s + dt * ((W * spikes).sum(axis=1) / dt + x) / tau_s
# >>> dr
dr = (-r + g(bm.sum(W * r, axis=-1) + x)) / tau_m
# >>> dI
dI = (-I + bm.sum(W * g(I), axis=-1) + x) / tau_s
