# part: db
# hint: target y
# >>> db
db = -eta * dt * np.sum(v_seq * y)
