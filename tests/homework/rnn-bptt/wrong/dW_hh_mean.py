# part: dW_hh
# hint: 1/T is applied twice
# >>> dW_hh
dW_hh = dL_dh.T @ h_all[:-1] / len(dL_dh)
