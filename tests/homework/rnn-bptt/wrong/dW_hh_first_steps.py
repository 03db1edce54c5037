# part: dW_hh
# hint: compare with
# >>> dW_hh
dW_hh = np.outer(dL_dh[1], h_all[1])
