# part: E
# hint: half
# >>> E
E = -s @ W @ s / 4
