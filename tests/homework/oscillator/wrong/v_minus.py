# part: v_new
# hint: sign
# >>> v_new
v_new = v - dt * dv
