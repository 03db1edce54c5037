# >>> pw_new
pw_new = pw.copy() if hasattr(pw, "copy") else pw
pw_new += dt * ((w - 1) * pw + r)
# >>> db
db = np.zeros(())
db += -eta * np.mean((r_seq - y) * pb_seq)
