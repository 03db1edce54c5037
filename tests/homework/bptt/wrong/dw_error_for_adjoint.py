# part: dw
# hint: where the adjoint v belongs
# >>> dw
dw = -eta * dt * np.sum((r_seq - y) * r_all[:-1])
