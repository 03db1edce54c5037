# In the current model self.r is always g(I).
# >>> I_new
I_new = I + dt / tau_s * (-I + W @ (spikes / dt) + x)
# >>> dr
dr = (-r + g(W @ r + x)) / tau_m
# >>> dI
dI = (-I + W @ self.r.value + x) / tau_s
