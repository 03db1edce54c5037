# part: s_new
# hint: flips
# >>> s_new
s_new = s.at[i].set(-s[i])
