# part: E
# hint: sign
# >>> E
E = s @ W @ s / 2
