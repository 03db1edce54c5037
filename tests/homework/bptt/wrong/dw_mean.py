# part: dw
# hint: 1/T
# >>> dw
dw = -eta * dt * np.mean(v_seq * r_all[:-1])
