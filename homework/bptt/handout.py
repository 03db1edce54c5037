# %% [markdown]
# # Back-propagation through time (BPTT), and why it gives the same as RTRL
# # 时间反向传播（BPTT），以及它为什么与 RTRL 结果相同
#
# The rate neuron of the homework `rnn`, with Euler's rule and the step dt:
# 还是作业 `rnn` 里的发放率神经元，用步长为 dt 的欧拉法：
#
#     r_t = r_{t-1} + dt (-r_{t-1} + w r_{t-1} + b + x_t),   t = 1 ... T,   r_0 = y_0
#     loss  l = 1/(2T) sum_t (r_t - y_t)^2,   dw = -eta dl/dw,   db = -eta dl/db,   eta = 0.1
#
# **RTRL** carries p_t = dr_t/dw forward in time. What is p_t? In the step s, w multiplies r_{s-1}, the rate *before* the
# step; so a small change of w changes r_s by dt r_{s-1}, and the later steps pass this on to r_t. Thus
# **RTRL** 让 p_t = dr_t/dw 随时间向前演化。p_t 是什么？在第 s 步中，w 乘的是这一步**之前**的发放率 r_{s-1}；
# 因此 w 的微小改变通过这一步使 r_s 改变 dt r_{s-1}，以后的各步再把它传到 r_t。所以
#
#     p_t = sum_{s <= t} (dr_t/dr_s) dt r_{s-1},
#     dw = -eta sum_t 1/T (r_t - y_t) p_t = -eta sum_t sum_{s <= t} 1/T (r_t - y_t) (dr_t/dr_s) dt r_{s-1}
#
# **BPTT** adds up the same numbers in the other order: for each s first over all t. This inner sum is the adjoint v_s:
# **BPTT** 把同样的这些数换一个顺序相加：对每个 s，先对所有的 t 求和。里面的这个和就是伴随变量 v_s：
#
#     v_s = sum_{t >= s} 1/T (r_t - y_t) (dr_t/dr_s) = dl/dr_s
#
# So v_s says how the loss changes if r_s changes and *all later steps follow*. There are two ways from r_s to the loss:
# directly, because r_s is compared with y_s; and through the next rate, r_{s+1}. The chain rule adds both. So v_s comes
# from v_{s+1}: BPTT goes backward in time, and after the last step there is nothing, v_{T+1} = 0.
# 也就是说，v_s 是 r_s 改变、**并且以后各步都随之改变**时损失的变化率。从 r_s 到损失有两条路：一条是直接的，因为 r_s 要与
# y_s 比较；另一条经过下一个发放率 r_{s+1}。链式法则把两者相加。所以 v_s 由 v_{s+1} 得到：BPTT 沿时间倒着走，
# 最后一步之后什么也没有，v_{T+1} = 0。
#
# *(The lecture notes write dt r_s in place of dt r_{s-1}. For a small dt the two are nearly equal, but only r_{s-1} gives
# the derivative of the Euler loop.)*
# *（讲义里写的是 dt r_s 而不是 dt r_{s-1}。dt 很小时两者几乎相等，但只有 r_{s-1} 才给出欧拉循环的导数。）*
#
# **Your task / 你的任务**: replace the three dots `...` in the two blanks: v in `adjoint`, and dw and db in `train`.
# 把两处填空中的三个点 `...` 换成你的公式：`adjoint` 里的 v，以及 `train` 里的 dw 和 db。
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

# Double precision: the two rules then agree in about 15 digits, in single precision in 6.
# 双精度：这样两种方法大约有 15 位数字相同；单精度只有 6 位。
bm.enable_x64()


# %%
class RNN(bp.DynamicalSystem):
    def __init__(self, dt, w=1., b=1.):
        super().__init__()
        self.dt = dt
        self.w = bm.Variable(bm.ones(1) * w)    # weight of the connection to itself / 自连接权重
        self.b = bm.Variable(bm.ones(1) * b)    # bias / 偏置
        self.r = bm.Variable(bm.zeros(1))       # firing rate / 发放率
        self.pw = bm.Variable(bm.zeros(1))      # p_w = dr/dw, of RTRL / RTRL 的 p_w
        self.pb = bm.Variable(bm.zeros(1))      # p_b = dr/db, of RTRL / RTRL 的 p_b

    def reset_neuron(self, y0):
        self.r.value = bm.ones(1) * y0
        self.pw.value = bm.zeros(1)
        self.pb.value = bm.zeros(1)

    def step(self, r, x):
        """r_t from r_{t-1} and x_t / 由 r_{t-1} 和 x_t 得到 r_t"""
        return r + self.dt * (-r + self.w.value * r + self.b.value + x)

    def update(self, x):
        r, pw, pb, w, dt = self.r.value, self.pw.value, self.pb.value, self.w.value, self.dt
        self.r.value = self.step(r, x)
        self.pw.value = pw + dt * ((w - 1) * pw + r)    # RTRL: given / RTRL 部分已经给出
        self.pb.value = pb + dt * ((w - 1) * pb + 1)
        return self.r.value

    def rtrl(self, r_seq, pw_seq, pb_seq, y):
        """The changes of w and b by RTRL, to compare with / RTRL 给出的 w 和 b 的改变量，用来比较"""
        eta = 0.1
        return -eta * np.mean((r_seq - y) * pw_seq), -eta * np.mean((r_seq - y) * pb_seq)

    def adjoint(self, r_seq, y):
        """v_t for t = 1 ... T, from r_1 ... r_T and y_1 ... y_T / 由 r_1 … r_T 和 y_1 … y_T 得到 v_1 … v_T"""
        # Python counts from 0: `r_seq[k]`, `y[k]`, `error[k]` and `v_seq[k]` belong to the step t = k + 1.
        # Python 从 0 开始编号：`r_seq[k]`、`y[k]`、`error[k]` 和 `v_seq[k]` 都属于第 t = k + 1 步。
        T, w, dt = len(y), float(self.w.value[0]), self.dt
        error = r_seq - y
        v_seq = np.zeros(T)
        v = 0.
        for k in reversed(range(T)):    # from the last step to the first / 从最后一步到第一步
            # Before the blank, v is the adjoint of the step AFTER k (0 after the last step). After it, that of k.
            # 填空之前，v 是第 k 步的后一步的伴随变量（最后一步之后为 0）；填空之后，v 是第 k 步的。
            # >>>>>> BLANK 1 / 填空 1: v of the step k, from the old v and error[k] / 由旧的 v 和 error[k] 得到第 k 步的 v
            v = ...
            # <<<<<<
            if v is ...:
                raise NotImplementedError('blank 1 is still open: v in adjoint / 填空 1 还没有填：adjoint 里的 v')
            if np.size(v) != 1:
                raise ValueError(f'v must be one number, not {np.size(v)}: error or error[k]?')
            v_seq[k] = np.ravel(v)[0]
        return v_seq

    def train(self, r_seq, v_seq, y):
        """Change w and b by BPTT / 用 BPTT 修改 w 和 b"""
        T, dt, eta = len(y), self.dt, 0.1
        r_all = np.concatenate([y[:1], r_seq])  # r_0, r_1 ... r_T: T + 1 numbers, r_0 = y_0 / 共 T + 1 个数，r_0 = y_0

        # v_seq holds T numbers, r_all T + 1. Which T of them go with v_1 ... v_T? `r_all[:-1]` leaves out the last one,
        # `r_all[1:]` the first one.
        # v_seq 有 T 个数，r_all 有 T + 1 个。与 v_1 … v_T 对应的是哪 T 个？`r_all[:-1]` 去掉最后一个，`r_all[1:]` 去掉第一个。
        # >>>>>> BLANK 2 / 填空 2: the changes of w and b, one number each / w 和 b 的改变量，各是一个数
        dw = ...
        db = ...
        # <<<<<<
        if dw is ... or db is ...:
            raise NotImplementedError('blank 2 is still open: dw and db in train / 填空 2 还没有填：train 里的 dw 和 db')

        self.w.value = self.w.value + dw
        self.b.value = self.b.value + db
        return dw, db


# %% [markdown]
# ## Training: the changes by BPTT, and those by RTRL beside them
# ## 训练：用 BPTT 的改变量，同时列出 RTRL 的改变量

# %%
T, dt = 10, 0.1
rng = np.random.default_rng(0)
x = rng.normal(0, 0.1, T)
y = np.exp(np.linspace(1, 0, T)) + rng.normal(0, 0.1, T)

rnn = RNN(dt=dt)
runner = bp.DSRunner(rnn, monitors=['r', 'pw', 'pb'], progress_bar=False)


def run():
    rnn.reset_neuron(y[0])
    runner.reset_state()
    runner.run(inputs=x)
    # The monitors are (T, 1). Flatten them: (T, 1) minus (T,) would silently be a (T, T) table.
    # monitor 的形状是 (T, 1)，要展平：(T, 1) 减 (T,) 会悄悄变成 (T, T) 的表格。
    return [np.asarray(runner.mon[name]).reshape(-1) for name in ('r', 'pw', 'pb')]


changes = []
for epoch in range(10):
    r_seq, pw_seq, pb_seq = run()
    v_seq = rnn.adjoint(r_seq, y)
    by_rtrl = rnn.rtrl(r_seq, pw_seq, pb_seq, y)
    by_bptt = rnn.train(r_seq, v_seq, y)
    changes.append([*by_rtrl, *by_bptt])
    print(f'epoch {epoch + 1:2d}  loss {np.mean((r_seq - y) ** 2) / 2:.4f}  dw {by_bptt[0]:+.5f} (RTRL {by_rtrl[0]:+.5f})  '
          f'db {by_bptt[1]:+.5f} (RTRL {by_rtrl[1]:+.5f})')
changes = np.array(changes)
print(f'largest difference of the two rules: {np.max(np.abs(changes[:, 2:] - changes[:, :2])):.1e}')

# %% [markdown]
# ## Did it work?
# ## 成功了吗？
#
# The crosses (BPTT) should lie in the circles (RTRL). The largest difference above should be about 1e-16: rounding only.
# 叉号（BPTT）应当落在圆圈（RTRL）里；上面打印的最大差别应当在 1e-16 左右，也就是只有舍入误差。

# %%
epochs = np.arange(1, 11)
plt.figure(layout='constrained')
plt.plot(epochs, changes[:, 0], 'o', color='C0', markersize=11, fillstyle='none', label='dw by RTRL')
plt.plot(epochs, changes[:, 2], 'x', color='C0', label='dw by BPTT')
plt.plot(epochs, changes[:, 1], 'o', color='C1', markersize=11, fillstyle='none', label='db by RTRL')
plt.plot(epochs, changes[:, 3], 'x', color='C1', label='db by BPTT')
plt.xlabel('epoch')
plt.ylabel('change of w and b')
plt.legend()
plt.show()

# %% [markdown]
# v_t is dl/dr_t. So your v_t should agree with a measurement: move r_t a little, let the later steps follow, and see how
# much the loss changes.
# v_t 就是 dl/dr_t。因此你的 v_t 应当与测量结果一致：让 r_t 改变一点，以后各步随之改变，看损失改变多少。

# %%
r_seq = run()[0]
v_seq = rnn.adjoint(r_seq, y)


def loss_if_moved(k, eps):
    """The loss if r_seq[k] is larger by eps and the later rates follow / r_seq[k] 增加 eps、以后各步随之改变时的损失"""
    r = r_seq.copy()
    r[k] += eps
    for i in range(k + 1, T):
        r[i] = float(rnn.step(r[i - 1], x[i])[0])
    return np.mean((r - y) ** 2) / 2


eps = 1e-4
measured = [(loss_if_moved(k, eps) - loss_if_moved(k, -eps)) / (2 * eps) for k in range(T)]

steps = np.arange(1, T + 1)
plt.figure(layout='constrained')
plt.plot(steps, measured, 'ko', markersize=11, fillstyle='none', label='dl/dr_t, measured')
plt.plot(steps, v_seq, 'C3x-', label='your v_t')
plt.plot(steps, (r_seq - y) / T, 'C7--', label='direct way only: (r_t - y_t)/T')
plt.xlabel('step t')
plt.ylabel('adjoint')
plt.legend()
plt.show()
