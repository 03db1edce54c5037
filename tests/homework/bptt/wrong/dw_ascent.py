# part: dw
# hint: ascent
# >>> dw
dw = eta * dt * np.sum(v_seq * r_all[:-1])
