# part: p_w
# hint: Δt is missing
# >>> pw_new
pw_new = pw + (w - 1) * pw + r
