# part: dw
# hint: v contains the errors already
# >>> dw
dw = -eta * dt * np.sum((r_seq - y) * v_seq * r_all[:-1])
