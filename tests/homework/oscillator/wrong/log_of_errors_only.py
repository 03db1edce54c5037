# part: slope
# hint: log of the steps
# >>> slope
slope = np.polyfit(steps, np.log(errors), 1)[0]
