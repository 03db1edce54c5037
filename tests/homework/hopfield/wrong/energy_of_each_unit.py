# part: E
# hint: shape
# >>> E
E = -s * (W @ s) / 2
