# part: p_w
# hint: not accumulated
# >>> pw_new
pw_new = dt * ((w - 1) * pw + r)
