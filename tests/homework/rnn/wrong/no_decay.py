# part: p_w
# hint: no decay
# >>> pw_new
pw_new = pw + dt * (w * pw + r)
