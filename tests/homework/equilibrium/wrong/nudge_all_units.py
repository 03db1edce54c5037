# part: nudge
# hint: only the output
# >>> nudge
nudge = lam * (r - y)
