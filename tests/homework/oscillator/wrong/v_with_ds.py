# part: v_new
# hint: ds stands for dv
# >>> v_new
v_new = v + dt * ds
