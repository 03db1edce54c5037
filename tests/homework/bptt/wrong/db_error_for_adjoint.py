# part: db
# hint: where the adjoint v belongs
# >>> db
db = -eta * dt * np.sum(r_seq - y)
