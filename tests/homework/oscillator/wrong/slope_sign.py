# part: slope
# hint: sign
# >>> slope
slope = -np.polyfit(np.log(steps), np.log(errors), 1)[0]
