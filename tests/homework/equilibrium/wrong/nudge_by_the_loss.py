# part: nudge
# hint: the loss itself
# >>> nudge
nudge = lam * out * self.loss(r)
