# >>> ds
state = bm.stack([bm.asarray(s), bm.asarray(v)])
matrix = np.array([[0., 1.], [-k / m, 0.]])
ds = bm.matmul(matrix, state)[0]
# >>> dv
dv = bm.matmul(matrix, state)[1] + A * bm.cos(t) / m
# >>> s_new
new = bm.stack([s, v, t]) + dt * bm.stack([ds, dv, bm.ones(1)])
s_new = new[0]
# >>> v_new
v_new = new[1]
# >>> t_new
t_new = new[2]
# >>> slope
matrix = np.stack([np.log(steps), np.ones(len(steps))], axis=1)
slope = np.linalg.lstsq(matrix, np.log(errors), rcond=None)[0][0]
