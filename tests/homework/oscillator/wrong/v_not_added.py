# part: v_new
# hint: starts from 0
# >>> v_new
v_new = dt * dv
