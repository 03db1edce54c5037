# part: E
# hint: number of units
# >>> E
E = -s @ W @ s / 2 / len(s)
