# part: db
# hint: only the last step counts
# >>> db
db = -eta * dt * v_seq[-1]
