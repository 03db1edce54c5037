# part: I_new
# hint: dt is missing
# >>> I_new
I_new = I + (-I + W @ (spikes / dt) + x) / tau_s
