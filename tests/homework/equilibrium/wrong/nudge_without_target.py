# part: nudge
# hint: target
# >>> nudge
nudge = lam * out * r
