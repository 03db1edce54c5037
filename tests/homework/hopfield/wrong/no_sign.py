# part: s_new
# hint: sign
# >>> s_new
s_new = s.at[i].set(W[i] @ s)
