# part: dw
# hint: η is missing
# >>> dw
dw = -np.mean((r_seq - y) * pw_seq)
