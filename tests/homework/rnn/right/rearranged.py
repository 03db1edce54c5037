# >>> pw_new
pw_new = (1 - dt) * pw + dt * w * pw + dt * r
