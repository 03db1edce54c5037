"""The exercise ``hopfield``: store patterns in a Hopfield network, recall them, and store too many."""
