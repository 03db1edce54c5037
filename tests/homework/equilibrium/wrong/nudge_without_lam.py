# part: nudge
# hint: lam
# >>> nudge
nudge = out * (r - y)
