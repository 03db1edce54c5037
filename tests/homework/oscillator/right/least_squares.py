# >>> ds
ds = 1. * v
# >>> dv
omega2 = k / m
dv = A / m * bm.cos(t) - omega2 * s
# >>> s_new
s_new = s + ds * dt
# >>> v_new
v_new = dv * dt + v
# >>> t_new
t_new = dt + t
# >>> slope
X, Y = np.log10(steps), np.log10(errors)
slope = np.sum((X - X.mean()) * (Y - Y.mean())) / np.sum((X - X.mean()) ** 2)
