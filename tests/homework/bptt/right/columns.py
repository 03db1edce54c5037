# >>> v
v = np.squeeze(error[k] / len(y) + v * (1 + self.dt * (w - 1)))
# >>> dw
r_before = r_all[:T]
dw = -0.1 * self.dt * np.einsum("t,t->", v_seq, r_before)
# >>> db
db = -0.1 * self.dt * np.einsum("t->", v_seq)
