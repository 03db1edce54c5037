# part: I_new
# hint: the leak −I is missing
# >>> I_new
I_new = I + dt / tau_s * (W @ (spikes / dt) + x)
