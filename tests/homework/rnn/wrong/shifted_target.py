# part: dw
# hint: shifted by a step
# >>> dw
dw = -eta * np.mean((r_seq - np.roll(y, 1)) * pw_seq)
