# part: I_new
# hint: tau_m
# >>> I_new
I_new = I + dt / self.tau_m * (-I + W @ (spikes / dt) + x)
