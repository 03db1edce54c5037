# part: slope
# hint: intercept
# >>> slope
slope = np.polyfit(np.log(steps), np.log(errors), 1)[1]
