# part: nudge
# hint: dt
# >>> nudge
nudge = dt * lam * out * (r - y)
