# part: I_new
# hint: wrong time constant
# >>> I_new
I_new = I * bm.exp(-dt / self.tau_m) + W @ spikes / tau_s + (1 - bm.exp(-dt / self.tau_m)) * x
