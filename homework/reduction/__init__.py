"""Exercise ``reduction``: from spikes to rates, and the two limits of a network with synapse and membrane."""
