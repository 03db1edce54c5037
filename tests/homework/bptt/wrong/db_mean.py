# part: db
# hint: 1/T is applied twice
# >>> db
db = -eta * dt * np.mean(v_seq)
