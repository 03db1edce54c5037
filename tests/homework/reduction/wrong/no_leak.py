# part: I_new
# hint: leak
# >>> I_new
I_new = I + dt / tau_s * (W @ (spikes / dt) + x)
