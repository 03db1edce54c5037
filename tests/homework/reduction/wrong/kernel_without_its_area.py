# part: I_new
# hint: 1/tau_s is missing at the spikes
# >>> I_new
I_new = I * bm.exp(-dt / tau_s) + W @ spikes + (1 - bm.exp(-dt / tau_s)) * x
