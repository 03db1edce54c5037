# part: db
# hint: p_w is used where p_b belongs
# >>> db
db = -eta * np.mean((r_seq - y) * pw_seq)
