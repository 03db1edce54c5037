# >>> dw
dw = 0.0
for t in range(T):
    dw -= eta / T * (r_seq[t] - y[t]) * pw_seq[t]
