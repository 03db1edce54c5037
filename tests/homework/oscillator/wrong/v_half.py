# part: v_new
# hint: half
# >>> v_new
v_new = v + dt * dv / 2
