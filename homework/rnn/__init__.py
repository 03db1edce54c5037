"""Exercise ``rnn``: train a single rate neuron to generate a sequence, by RTRL."""
