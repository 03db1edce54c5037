# part: I_new
# verdict: consistent
# hint: implicit
# >>> I_new
I_new = (I + dt / tau_s * (W @ spikes / dt + x)) / (1 + dt / tau_s)
