# part: nudge
# hint: not outputs
# >>> nudge
nudge = lam * (1 - out) * (r - y)
