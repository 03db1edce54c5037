# >>> v
v = error[k] / T + (1 + dt * (w - 1)) * v
# >>> dw
dw = -eta * dt * np.sum(v_seq * r_all[:-1])
# >>> db
db = -eta * dt * np.sum(v_seq)
