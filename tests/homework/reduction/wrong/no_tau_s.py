# part: I_new
# hint: 1/tau_s is missing
# >>> I_new
I_new = I + dt * (-I + W @ (spikes / dt) + x)
