# part: I_new
# hint: the input x is missing
# >>> I_new
I_new = I + dt / tau_s * (-I + W @ (spikes / dt))
