# part: nudge
# hint: 0 at every test
# >>> nudge
nudge = 0 * r
