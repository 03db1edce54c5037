# part: I_new
# hint: sign of the leak
# >>> I_new
I_new = I + dt / tau_s * (I + W @ (spikes / dt) + x)
