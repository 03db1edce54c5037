# part: dW_hx
# hint: compare with
# >>> dW_hx
dW_hx = dL_dh.T @ x_seq * np.asarray(self.W_hx.value)
