# part: db
# hint: η is missing
# >>> db
db = -dt * np.sum(v_seq)
