# part: I_new
# hint: wrong time constant
# >>> I_new
I_new = I + dt / self.tau_m * (-I + W @ (spikes / dt) + x)
