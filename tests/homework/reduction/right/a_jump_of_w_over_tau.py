# >>> I_new
I_new = (1 - dt / tau_s) * I + W @ spikes / tau_s + dt * x / tau_s
# >>> dr
dr = g(x + bm.matmul(W, r)) / tau_m - r / tau_m
# >>> dI
dI = -1 / tau_s * (I - bm.dot(W, self.g(I)) - x)
