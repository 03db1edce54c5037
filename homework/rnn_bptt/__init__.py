"""Exercise ``rnn-bptt``: the gradients of a linear RNN in discrete time, and why they vanish or explode."""
