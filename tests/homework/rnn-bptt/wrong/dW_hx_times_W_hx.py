# part: dW_hx
# hint: 
# >>> dW_hx
dW_hx = dL_dh.T @ x_seq * np.asarray(self.W_hx.value)
