# part: dw
# hint: 1/T is applied twice
# >>> dw
dw = -eta * dt * np.mean(v_seq * r_all[:-1])
