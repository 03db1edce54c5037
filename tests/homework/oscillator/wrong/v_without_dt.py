# part: v_new
# hint: dt is missing
# >>> v_new
v_new = v + dv
