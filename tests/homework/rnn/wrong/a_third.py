# part: dw
# hint: 0.3333 times the right value
# >>> dw
dw = -eta * np.mean((r_seq - y) * pw_seq) / 3
