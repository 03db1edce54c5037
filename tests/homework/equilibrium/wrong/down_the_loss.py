# part: nudge
# hint: down
# >>> nudge
nudge = -lam * out * (r - y)
