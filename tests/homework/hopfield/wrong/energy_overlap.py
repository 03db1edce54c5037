# part: E
# hint: weights
# >>> E
E = -s @ s / 2
