# part: db
# hint: ascent
# >>> db
db = eta * dt * np.sum(v_seq)
