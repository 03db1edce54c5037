# part: dw
# hint: Δt is applied twice
# >>> dw
dw = -eta * dt ** 2 * np.sum(v_seq * r_all[:-1])
