# part: dw
# hint: target y
# >>> dw
dw = -eta * dt * np.sum(v_seq * y)
