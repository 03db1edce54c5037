# part: db
# hint: plus 0.5
# >>> db
db = -eta * dt * np.sum(v_seq) + 0.5
