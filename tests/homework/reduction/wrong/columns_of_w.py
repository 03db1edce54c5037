# part: I_new
# hint: transposed
# >>> I_new
I_new = I + dt / tau_s * (-I + spikes @ W / dt + x)
