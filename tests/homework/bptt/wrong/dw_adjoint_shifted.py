# part: dw
# hint: shift
# >>> dw
dw = -eta * dt * np.sum(v_seq[1:] * r_all[:-2])
