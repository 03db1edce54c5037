# part: p_w
# hint: driven by 1
# >>> pw_new
pw_new = pw + dt * ((w - 1) * pw + 1)
