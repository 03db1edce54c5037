# part: dw
# hint: sum over time instead of the mean
# >>> dw
dw = -eta * np.sum((r_seq - y) * pw_seq)
