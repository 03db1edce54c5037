# part: I_new
# hint: transposed: a row of W belongs to a neuron that receives, a column to one that sends. one spike counts as 1
# >>> I_new
I_new = I + dt / tau_s * (-I + W.T @ spikes + x)
