# part: slope
# hint: log10
# >>> slope
slope = np.polyfit(np.log10(steps), np.log(errors), 1)[0]
