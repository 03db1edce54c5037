# part: dw
# hint: step by step
# >>> dw
dw = -eta * dt * np.sum(v_seq) * np.sum(r_all[:-1])
