# >>> v
v = bm.as_jax(error[k]) / T + (1 - dt + dt * w) * v
# >>> dw
dw = -eta * dt * bm.sum(bm.asarray(v_seq) * bm.asarray(r_all[:-1]))
# >>> db
db = -eta * dt * bm.as_jax(v_seq).sum()
