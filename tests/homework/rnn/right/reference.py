# >>> pw_new
pw_new = pw + dt * ((w - 1) * pw + r)
# >>> dw
dw = -eta * np.mean((r_seq - y) * pw_seq)
# >>> db
db = -eta * np.mean((r_seq - y) * pb_seq)
