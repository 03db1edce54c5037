# part: slope
# hint: take the same
# >>> slope
slope = np.polyfit(np.log10(steps), np.log(errors), 1)[0]
