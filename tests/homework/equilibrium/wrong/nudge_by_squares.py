# part: nudge
# hint: derivative
# >>> nudge
nudge = lam * out * (r - y) ** 2 / 2
