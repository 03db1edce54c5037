"""Exercise ``bptt``: the homework's neuron by back-propagation through time, and why the result is that of RTRL."""
