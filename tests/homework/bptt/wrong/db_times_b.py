# part: db
# hint: factor b
# >>> db
db = -eta * dt * np.sum(v_seq) * self.b.value[0]
