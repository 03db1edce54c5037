# part: nudge
# hint: down
# >>> nudge
nudge = lam * out * (y - r)
