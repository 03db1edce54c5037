# part: slope
# hint: divide
# >>> slope
slope = np.log(errors[0]) - np.log(errors[-1])
