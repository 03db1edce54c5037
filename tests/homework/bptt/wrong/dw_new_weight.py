# part: dw
# hint: change
# >>> dw
dw = self.w.value[0] - eta * dt * np.sum(v_seq * r_all[:-1])
