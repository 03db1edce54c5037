# >>> v
v = v + dt * (-v + w * v) + error[k] / T
# >>> dw
dw = 0.
for t in range(1, T + 1):
    dw = dw - eta * v_seq[t - 1] * dt * r_all[t - 1]
# >>> db
db = -eta * sum(v_seq[k] * dt for k in range(T))
