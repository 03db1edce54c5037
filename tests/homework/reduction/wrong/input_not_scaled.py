# part: I_new
# hint: the input x stands outside of the division by tau_s
# >>> I_new
I_new = I + dt / tau_s * (-I + W @ (spikes / dt)) + dt * x
