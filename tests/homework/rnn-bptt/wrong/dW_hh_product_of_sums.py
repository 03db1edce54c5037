# part: dW_hh
# hint: step by step
# >>> dW_hh
dW_hh = np.outer(dL_dh.sum(0), h_all[:-1].sum(0))
