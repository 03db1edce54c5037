# part: dw
# hint: rate is missing
# >>> dw
dw = -eta * dt * np.sum(v_seq)
