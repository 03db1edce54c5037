# >>> I_new
rho = spikes / self.dt
dI_dt = (-I + bm.dot(self.W, rho) + x) / self.tau_s
I_new = I + dI_dt * self.dt
# >>> dr
I_at_rest = bm.dot(self.W, r) + x
dr = (self.g(I_at_rest) - r) / self.tau_m
# >>> dI
r = self.g(I)
dI = (bm.dot(self.W, r) + x - I) / self.tau_s
