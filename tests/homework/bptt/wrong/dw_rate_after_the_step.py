# part: dw
# hint: r_t is used, the rate after the step
# >>> dw
dw = -eta * dt * np.sum(v_seq * r_all[1:])
