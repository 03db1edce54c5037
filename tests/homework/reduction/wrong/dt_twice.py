# part: I_new
# hint: dt twice
# >>> I_new
I_new = I + dt / tau_s * (-I + dt * (W @ spikes) + x)
