# part: dw
# hint: w r is used
# >>> dw
dw = -eta * dt * np.sum(v_seq * self.w.value[0] * r_all[:-1])
