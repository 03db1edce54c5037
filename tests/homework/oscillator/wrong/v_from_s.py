# part: v_new
# hint: starts from s
# >>> v_new
v_new = s + dt * dv
