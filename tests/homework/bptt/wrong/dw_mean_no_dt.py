# part: dw
# hint: in place of Δt
# >>> dw
dw = -eta * np.mean(v_seq * r_all[:-1])
