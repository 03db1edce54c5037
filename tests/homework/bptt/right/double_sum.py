# The double sum of the notes, term by term; the adjoint without its recursion.
# >>> v
v = sum(error[t] / T * (1 + dt * (w - 1)) ** (t - k) for t in range(k, T))
# >>> dw
dw = 0.
for s in range(1, T + 1):
    for t in range(s, T + 1):
        passed_on = (1 + dt * (float(self.w.value[0]) - 1)) ** (t - s)
        dw += -eta / T * (r_all[t] - y[t - 1]) * passed_on * r_all[s - 1] * dt
# >>> db
db = -eta * dt * np.sum(v_seq)
