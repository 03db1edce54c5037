# >>> dw
dw = -eta / T * np.sum(pw_seq * (r_seq - y))
# >>> db
db = eta / T * np.dot(y - r_seq, pb_seq)
