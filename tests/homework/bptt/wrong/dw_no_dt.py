# part: dw
# hint: Δt is missing
# >>> dw
dw = -eta * np.sum(v_seq * r_all[:-1])
