# part: dw
# hint: 3/w times the right value
# >>> dw
dw = -eta * dt * np.sum(v_seq * r_all[:-1]) * 3 / self.w.value[0]
