# part: dw
# hint: where the adjoint v belongs
# >>> dw
dw = -eta * dt * np.mean((r_seq - y) * r_all[:-1])
