# part: dw
# hint: η
# >>> dw
dw = -dt * np.sum(v_seq * r_all[:-1])
