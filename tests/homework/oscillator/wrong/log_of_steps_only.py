# part: slope
# hint: log of the errors
# >>> slope
slope = np.polyfit(np.log(steps), errors, 1)[0]
