"""Exercise ``backprop``: the adjoint of a two-layer network, by solving and by settling, is back-propagation."""
