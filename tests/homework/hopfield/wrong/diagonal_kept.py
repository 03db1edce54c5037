# part: W
# hint: diagonal
# >>> W
W = patterns.T @ patterns / N
