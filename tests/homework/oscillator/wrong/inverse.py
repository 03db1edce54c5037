# part: slope
# hint: swapped
# >>> slope
slope = np.polyfit(np.log(errors), np.log(steps), 1)[0]
