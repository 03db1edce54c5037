# part: slope
# hint: log
# >>> slope
slope = np.polyfit(steps, errors, 1)[0]
