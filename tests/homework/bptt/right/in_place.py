# >>> v
v += dt * (w - 1) * v
v += error[k] / T
# >>> dw
dw = 0.
dw -= eta * dt * np.dot(v_seq, r_all[:-1])
# >>> db
db = 0.
db -= eta * dt * v_seq.sum()
