# part: dw
# hint: only the last step counts
# >>> dw
dw = -eta * dt * v_seq[-1] * r_all[-2]
