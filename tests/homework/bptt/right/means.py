# >>> v
later = (1 - dt * (1 - w)) * v
v = (r_seq[k] - y[k]) / T + later
# >>> dw
dw = -eta * T * dt * np.mean(v_seq * r_all[:-1])
# >>> db
db = -eta * T * dt * np.mean(v_seq)
