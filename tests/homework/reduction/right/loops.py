# >>> I_new
drive = [sum(W[i, j] * spikes[j] / dt for j in range(len(spikes))) for i in range(len(I))]
I_new = I + dt * (-I + bm.stack(drive) + x) / tau_s
# >>> dr
dr = (-r + g(bm.stack([sum(W[i, j] * r[j] for j in range(len(r))) for i in range(len(r))]) + x)) / tau_m
# >>> dI
r = g(I)
dI = (-I + bm.stack([sum(W[i, j] * r[j] for j in range(len(r))) for i in range(len(r))]) + x) / tau_s
