# part: dw
# hint: ascent instead of descent
# >>> dw
dw = eta * np.mean((r_seq - y) * pw_seq)
