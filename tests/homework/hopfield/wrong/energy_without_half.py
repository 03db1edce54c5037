# part: E
# hint: 1/2
# >>> E
E = -s @ W @ s
