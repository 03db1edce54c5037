# part: db
# hint: 1/T
# >>> db
db = -eta * dt * np.mean(v_seq)
