# part: I_new
# hint: 1/tau_s is missing at the spikes
# >>> I_new
I_new = I + dt / tau_s * (-I + x) + W @ spikes
