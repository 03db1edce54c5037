# part: db
# hint: squared error
# >>> db
db = -eta * np.mean((r_seq - y) ** 2 * pb_seq)
