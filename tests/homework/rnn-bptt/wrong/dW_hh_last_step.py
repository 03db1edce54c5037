# part: dW_hh
# hint: only the last step
# >>> dW_hh
dW_hh = np.outer(dL_dh[-1], h_all[-2])
