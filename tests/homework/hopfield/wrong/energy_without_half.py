# part: E
# hint: the ½ is missing
# >>> E
E = -s @ W @ s
