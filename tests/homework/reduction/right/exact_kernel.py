# part: I_new
# verdict: consistent
# hint: exact for each spike
# >>> I_new
I_new = I * bm.exp(-dt / tau_s) + W @ spikes / tau_s + (1 - bm.exp(-dt / tau_s)) * x
