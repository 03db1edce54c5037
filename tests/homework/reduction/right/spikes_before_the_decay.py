# part: I_new
# verdict: consistent
# hint: decay
# >>> I_new
I_new = (I + W @ spikes / tau_s) * bm.exp(-dt / tau_s) + (1 - bm.exp(-dt / tau_s)) * x
