# part: dw
# hint: first step is left out
# >>> dw
dw = -eta * dt * np.sum(v_seq[1:] * r_all[1:-1])
