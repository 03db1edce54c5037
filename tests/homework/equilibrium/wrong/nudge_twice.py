# part: nudge
# hint: 2 times
# >>> nudge
nudge = 2 * lam * out * (r - y)
