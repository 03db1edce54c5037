# part: dr
# hint: transposed: a row of W belongs to a neuron that receives, a column to one that sends. g stands at the wrong place
# >>> dr
dr = (-r + W.T @ g(r) + x) / tau_m
