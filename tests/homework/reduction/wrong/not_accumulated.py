# part: I_new
# hint: starts from 0
# >>> I_new
I_new = dt / tau_s * (-I + W @ (spikes / dt) + x)
