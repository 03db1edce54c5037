# part: I_new
# hint: one spike counts as 1
# >>> I_new
I_new = I + dt / tau_s * (-I + W @ spikes + x)
