# part: v
# hint: backward
# >>> v
v = sum(error[t] / T * (1 + dt * (w - 1)) ** (k - t) for t in range(k + 1))
