# part: dw
# hint: η is missing
# >>> dw
dw = -dt * np.sum(v_seq * r_all[:-1])
