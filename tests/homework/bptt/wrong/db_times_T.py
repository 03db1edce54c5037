# part: db
# hint: factor T
# >>> db
db = -eta * dt * T * np.sum(v_seq)
