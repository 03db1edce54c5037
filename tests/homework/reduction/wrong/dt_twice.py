# part: I_new
# hint: one spike counts as dt
# >>> I_new
I_new = I + dt / tau_s * (-I + dt * (W @ spikes) + x)
