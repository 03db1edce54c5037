# part: I_new
# hint: W is missing
# >>> I_new
I_new = I + dt / tau_s * (-I + spikes / dt + x)
