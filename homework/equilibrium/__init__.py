"""The exercise ``equilibrium``: equilibrium propagation, where two relaxations give a gradient."""
