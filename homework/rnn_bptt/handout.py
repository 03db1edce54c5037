# %% [markdown]
# # Back-propagation through time in a linear RNN: vanishing and exploding gradients
# # 线性 RNN 的时间反向传播：梯度消失与梯度爆炸
#
# A recurrent network in discrete time, with linear units and h_0 = 0:
# 一个离散时间的循环网络，单元是线性的，h_0 = 0：
#
#     h_t = W_hx x_t + W_hh h_{t-1},    o_t = W_qh h_t,    t = 1 ... T
#     L = 1/T sum_t l_t,    l_t = 1/2 |o_t - y_t|^2,    so  dL/do_t = 1/T (o_t - y_t)
#
# Its gradients (the gradient by a matrix has the shape of that matrix):
# 它的梯度（对矩阵的梯度与该矩阵形状相同）：
#
# 1. **W_qh** is used once in every step: o_t = W_qh h_t. Add what the steps give. The shapes say which factor comes first:
#    dL/dW_qh is (n_q, n_h), dL/do_t has n_q numbers, and h_t has n_h.
#    **W_qh** 在每一步都用一次：o_t = W_qh h_t。把各步的贡献相加。形状会告诉你哪个因子在前：
#    dL/dW_qh 是 (n_q, n_h)，dL/do_t 有 n_q 个数，h_t 有 n_h 个数。
#
# 2. **h_t** acts in two ways: on its own output, o_t = W_qh h_t, and on the next state, h_{t+1} = W_hx x_{t+1} + W_hh h_t.
#    So dL/dh_t comes from dL/do_t and dL/dh_{t+1}: go backward in time. If o = W h, then dL/dh = W^T dL/do, with the
#    *transposed* matrix: what goes forward through W comes back through W^T.
#    **h_t** 有两种作用：影响自己的输出 o_t = W_qh h_t，也影响下一个状态 h_{t+1} = W_hx x_{t+1} + W_hh h_t。
#    所以 dL/dh_t 由 dL/do_t 和 dL/dh_{t+1} 得到：沿时间倒着走。若 o = W h，则 dL/dh = W^T dL/do，用的是**转置**矩阵：
#    正向经过 W，反向就经过 W^T。
#
# 3. **W_hh and W_hx** are used in every step to make h_t. W_hh multiplies the state *before* the step, W_hx the input of
#    the step.
#    **W_hh 和 W_hx** 在每一步都用来计算 h_t：W_hh 乘的是这一步**之前**的状态，W_hx 乘的是这一步的输入。
#
# **Your task / 你的任务**: replace the three dots `...` in the three blanks.
# 把三处填空中的三个点 `...` 换成你的公式。
#
# Then ask for a verdict / 然后检查你的答案:  `ratezoo homework check FILE`
#
# *In a notebook, choose "Restart and run all" before you believe a result.*
# *在 notebook 中，请先“重启并运行全部单元”再相信结果。*

# %%
import brainpy as bp
import brainpy.math as bm
import matplotlib.pyplot as plt
import numpy as np

bm.enable_x64()     # double precision, for the finite differences below / 双精度，下面的有限差分需要它


# %%
class RNN(bp.DynamicalSystem):
    """n_x inputs, n_h hidden units, n_q outputs; rho: spectral radius of W_hh / W_hh 的谱半径"""

    def __init__(self, n_x, n_h, n_q, rho=0.9, seed=0):
        super().__init__()
        rng = np.random.default_rng(seed)
        W = rng.normal(size=(n_h, n_h))
        W = rho * W / np.max(np.abs(np.linalg.eigvals(W)))      # largest |eigenvalue| = rho / 最大的 |特征值| = rho
        self.W_hh = bm.Variable(bm.asarray(W))
        self.W_hx = bm.Variable(bm.asarray(rng.normal(size=(n_h, n_x))))
        self.W_qh = bm.Variable(bm.asarray(rng.normal(size=(n_q, n_h))))
        self.h = bm.Variable(bm.zeros(n_h))

    def reset_hidden(self):
        self.h.value = bm.zeros(self.h.shape)

    def output(self, h):
        return self.W_qh.value @ h

    def update(self, x):
        self.h.value = self.W_hx.value @ x + self.W_hh.value @ self.h.value
        return self.output(self.h.value)

    def loss(self, x_seq, y_seq):
        """L, step by step from h_0 = 0 / 从 h_0 = 0 开始逐步计算 L"""
        self.reset_hidden()
        o_seq = np.stack([np.asarray(self.update(x)) for x in x_seq])
        return np.mean(np.sum((o_seq - y_seq) ** 2, axis=1)) / 2

    # Sequences are tables with one row for each step: h_seq is (T, n_h), x_seq is (T, n_x), dL_do is (T, n_q).
    # The row k belongs to the step t = k + 1. For two vectors, `np.outer(a, b)` is the matrix a b^T.
    # 序列是表格，每一步一行：h_seq 是 (T, n_h)，x_seq 是 (T, n_x)，dL_do 是 (T, n_q)。
    # 第 k 行属于第 t = k + 1 步。对两个向量，`np.outer(a, b)` 就是矩阵 a b^T。

    def readout_gradient(self, h_seq, dL_do):
        """dL/dW_qh, (n_q, n_h)"""
        # >>>>>> BLANK 1 / 填空 1: dL/dW_qh, from dL_do and h_seq / 由 dL_do 和 h_seq 得到 dL/dW_qh
        dW_qh = ...
        # <<<<<<
        if dW_qh is ...:
            raise NotImplementedError('blank 1 is still open: dW_qh / 填空 1 还没有填：dW_qh')
        return dW_qh

    def backward(self, dL_do):
        """dL/dh_t for t = 1 ... T, (T, n_h)"""
        W_hh, W_qh = np.asarray(self.W_hh.value), np.asarray(self.W_qh.value)
        dL_dh = np.zeros((len(dL_do), len(W_hh)))
        dh = np.zeros(len(W_hh))
        for k in reversed(range(len(dL_do))):   # from the last step to the first / 从最后一步到第一步
            # Before the blank, dh is dL/dh of the step AFTER k (0 after the last step). After it, that of k.
            # For arrays, `@` is the matrix product and `*` is not.
            # 填空之前，dh 是第 k 步的后一步的 dL/dh（最后一步之后为 0）；填空之后，是第 k 步的。
            # 对数组来说，`@` 才是矩阵乘法，`*` 不是。
            # >>>>>> BLANK 2 / 填空 2: dL/dh of the step k, from the old dh and dL_do[k] / 由旧的 dh 和 dL_do[k] 得到第 k 步的 dL/dh
            dh = ...
            # <<<<<<
            if dh is ...:
                raise NotImplementedError('blank 2 is still open: dh in backward / 填空 2 还没有填：backward 里的 dh')
            dL_dh[k] = dh
        return dL_dh

    def recurrent_gradients(self, dL_dh, h_seq, x_seq):
        """dL/dW_hh, (n_h, n_h), and dL/dW_hx, (n_h, n_x)"""
        # h_0, h_1 ... h_T: T + 1 rows. `h_all[:-1]` leaves out the last one, `h_all[1:]` the first one.
        # h_0, h_1 … h_T：共 T + 1 行。`h_all[:-1]` 去掉最后一行，`h_all[1:]` 去掉第一行。
        h_all = np.concatenate([np.zeros((1, h_seq.shape[1])), h_seq])
        # >>>>>> BLANK 3 / 填空 3: dL/dW_hh and dL/dW_hx, from dL_dh, h_all and x_seq / 由 dL_dh、h_all 和 x_seq 得到
        dW_hh = ...
        dW_hx = ...
        # <<<<<<
        if dW_hh is ... or dW_hx is ...:
            raise NotImplementedError('blank 3 is still open: dW_hh and dW_hx / 填空 3 还没有填：dW_hh 和 dW_hx')
        return dW_hh, dW_hx


# %% [markdown]
# ## Run forward, then go backward
# ## 先正向运行，再反向传播

# %%
T, n_x, n_h, n_q = 8, 2, 4, 3
rng = np.random.default_rng(1)
x_seq, y_seq = rng.normal(size=(T, n_x)), rng.normal(size=(T, n_q))

rnn = RNN(n_x, n_h, n_q)
runner = bp.DSRunner(rnn, monitors=['h'], progress_bar=False)
runner.run(inputs=x_seq)
h_seq = np.asarray(runner.mon['h'])                     # (T, n_h)

o_seq = h_seq @ np.asarray(rnn.W_qh.value).T            # row k is W_qh h_t / 第 k 行是 W_qh h_t
dL_do = (o_seq - y_seq) / T                             # dL/do_t, with the 1/T of the loss / 已含损失里的 1/T

gradients = {'W_qh': rnn.readout_gradient(h_seq, dL_do)}
gradients['W_hh'], gradients['W_hx'] = rnn.recurrent_gradients(rnn.backward(dL_do), h_seq, x_seq)

# %% [markdown]
# ## Did it work? Change each weight a little, and measure the loss
# ## 成功了吗？把每个权重改变一点，测量损失
#
# If the formulas are right, all points lie on the grey line. / 如果公式正确，所有的点都落在灰线上。


# %%
def measured_gradient(name, eps=1e-5):
    """dL/dW by finite differences: an entry of the matrix after the other / 用有限差分逐个元素测量 dL/dW"""
    variable = getattr(rnn, name)
    W = np.array(variable.value)
    gradient = np.zeros(W.shape)
    for i, j in np.ndindex(W.shape):
        for sign in (1, -1):
            moved = W.copy()
            moved[i, j] += sign * eps
            variable.value = bm.asarray(moved)
            gradient[i, j] += sign * rnn.loss(x_seq, y_seq) / (2 * eps)
    variable.value = bm.asarray(W)
    return gradient


plt.figure(layout='constrained')
plt.axline((0, 0), slope=1, color='0.7')
for marker, name in zip('ox^', gradients):
    measured = measured_gradient(name)
    if np.shape(gradients[name]) != measured.shape:
        raise ValueError(f'dL/d{name} has the shape {np.shape(gradients[name])}, but {name} has {measured.shape}')
    plt.plot(measured.ravel(), np.ravel(gradients[name]), marker, fillstyle='none', label=f'dL/d{name}')
    print(f'dL/d{name}: largest difference from the measured one {np.max(np.abs(gradients[name] - measured)):.1e}')
plt.xlabel('measured: finite differences of the loss')
plt.ylabel('your formula')
plt.legend()
plt.show()

# %% [markdown]
# ## Vanishing and exploding gradients
# ## 梯度消失与梯度爆炸
#
# Now only the last output counts, L = l_T. How much does h_t matter for it? Your recursion multiplies by the same matrix
# in every step back, so dL/dh_t contains the power T - t of it. The size of such a power is about rho^(T-t), where rho is
# the spectral radius of W_hh (its largest |eigenvalue|). If rho < 1, the gradient vanishes: the network cannot learn what
# happened long ago. If rho > 1, it explodes. This is why gated networks such as the LSTM were invented.
# 现在只有最后一个输出有损失，L = l_T。h_t 对它有多大影响？你的递推式每往回走一步就乘一次同一个矩阵，所以 dL/dh_t 里有它的
# T - t 次幂。这个幂的大小约为 rho^(T-t)，其中 rho 是 W_hh 的谱半径（最大的 |特征值|）。若 rho < 1，梯度消失：网络学不到很久以前
# 发生的事。若 rho > 1，梯度爆炸。LSTM 之类的门控网络正是为此发明的。

# %%
T, n_h = 60, 30
back = T - np.arange(1, T + 1)      # T - t for each row / 每一行的 T - t
dl_do = np.zeros((T, 1))
dl_do[-1] = 1.                      # only the last step has a loss / 只有最后一步有损失

plt.figure(layout='constrained')
for i, rho in enumerate((0.8, 1., 1.2)):
    dL_dh = RNN(1, n_h, 1, rho=rho, seed=3).backward(dl_do)
    size = np.linalg.norm(dL_dh, axis=1)
    plt.semilogy(back, size, '.', color=f'C{i}', label=f'dL/dh_t, rho = {rho}')
    plt.semilogy(back, size[-1] * rho ** back, color=f'C{i}', label=f'rho^(T-t), rho = {rho}')
plt.xlabel('steps back, T - t')
plt.ylabel('size of dL/dh_t')
plt.legend()
plt.show()
