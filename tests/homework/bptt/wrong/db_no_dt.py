# part: db
# hint: Δt is missing
# >>> db
db = -eta * np.sum(v_seq)
