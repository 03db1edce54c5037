# part: db
# hint: rate belongs to dw
# >>> db
db = -eta * dt * np.sum(v_seq * r_all[:-1])
