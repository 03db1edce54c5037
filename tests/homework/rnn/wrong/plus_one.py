# part: p_w
# hint: not (w + 1)
# >>> pw_new
pw_new = pw + dt * ((w + 1) * pw + r)
