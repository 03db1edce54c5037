# part: I_new
# verdict: consistent
# hint: exponential
# >>> I_new
I_new = I * bm.exp(-dt / tau_s) + (1 - bm.exp(-dt / tau_s)) * (W @ (spikes / dt) + x)
