# part: slope
# hint: differences
# >>> slope
slope = np.log(errors[0]) / np.log(steps[0])
