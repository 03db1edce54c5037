# part: dw
# hint: only the first step counts
# >>> dw
dw = -eta * dt * v_seq[0] * r_all[0]
