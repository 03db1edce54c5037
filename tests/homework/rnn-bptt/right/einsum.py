# >>> dW_qh
dW_qh = np.einsum('tq,th->qh', dL_do, h_seq)
# >>> dh
dh = np.einsum('ij,i->j', W_hh, dh) + np.einsum('qj,q->j', W_qh, dL_do[k])
# >>> dW_hh
dW_hh = np.einsum('ti,tj->ij', dL_dh, h_all[:-1])
# >>> dW_hx
dW_hx = np.einsum('ti,tx->ix', dL_dh, x_seq)
