# part: db
# hint: η
# >>> db
db = -dt * np.sum(v_seq)
