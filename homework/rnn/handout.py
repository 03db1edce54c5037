# %% [markdown]
# # Homework: train an RNN to generate a sequence
# # 作业：训练一个 RNN 来生成序列
#
# One rate neuron with a connection to itself obeys
# 一个自连接的发放率神经元满足
#
#     dr/dt = -r + w r + b + x
#
# With Euler's rule and the step dt:  r_t = r_{t-1} + dt (-r_{t-1} + w r_{t-1} + b + x_t),  r_0 = y_0.
# 用步长为 dt 的欧拉法：            r_t = r_{t-1} + dt (-r_{t-1} + w r_{t-1} + b + x_t)，r_0 = y_0。
#
# Real-time recurrent learning (RTRL) carries the derivatives p_w = dr/dw and p_b = dr/db forward in time, with
# p_w = p_b = 0 at the start, and changes w and b so that r_t comes closer to the target y_t:
# 实时循环学习（RTRL）让导数 p_w = dr/dw 与 p_b = dr/db 随时间一起向前演化（开始时 p_w = p_b = 0），
# 再据此修改 w 和 b，使 r_t 更接近目标 y_t：
#
#     loss  l = 1/(2T) sum_t (r_t - y_t)^2,   dw = -eta dl/dw,   db = -eta dl/db,   eta = 0.1
#
# How the steps are counted: r_t is the rate after the t-th update, t = 1 ... T. It is compared with the t-th number of
# the target; Python calls this number `y[t-1]`. The start r_0 = y_0 is `y[0]` too: the first number serves twice.
# 步数的编号：r_t 是第 t 次更新之后的发放率，t = 1 … T；它与目标的第 t 个数比较，这个数在 Python 中写作 `y[t-1]`。
# 初值 r_0 = y_0 也是 `y[0]`：目标的第一个数用了两次。
#
# **Your task / 你的任务**: replace the three dots `...` in the two blanks: p_w in `update`, and dw and db in `train`.
# 把两处填空中的三个点 `...` 换成你的公式：`update` 里的 p_w，以及 `train` 里的 dw 和 db。
#
# Then ask for a verdict / 然后检查你的答案:  `ratezoo homework check FILE`
#
# *In a notebook, choose "Restart and run all" before you believe a result: a cell with an open blank may find an old
# `dw` that another cell left behind, and seem to work.*
# *在 notebook 中，请先“重启并运行全部单元”再相信结果：填空还没有填的单元可能会用到别的单元留下的旧变量 `dw`，看起来却能运行。*

# %%
import brainpy as bp
import brainpy.math as bm
import matplotlib.pyplot as plt
import numpy as np


# %%
class RNN(bp.DynamicalSystem):
    def __init__(self, dt, w=1., b=1.):
        super().__init__()
        self.dt = dt
        self.w = bm.Variable(bm.ones(1) * w)    # weight of the connection to itself / 自连接权重
        self.b = bm.Variable(bm.ones(1) * b)    # bias / 偏置
        self.r = bm.Variable(bm.zeros(1))       # firing rate / 发放率
        self.pw = bm.Variable(bm.zeros(1))      # p_w = dr/dw
        self.pb = bm.Variable(bm.zeros(1))      # p_b = dr/db

    def reset_neuron(self, y0):
        # Give a Variable a new value with `.value = `. A line like `self.pw[0].value = 0` runs without an error and
        # changes nothing, because indexing makes a copy: p_w would go on from the run before, and the very first
        # gradients would come out about 2.5 times too large.
        # 请用 `.value = ` 给 Variable 赋新值。`self.pw[0].value = 0` 不会报错，但什么也没有改变（索引得到的是副本）：
        # p_w 会从上一次运行的值继续，第一个 epoch 的梯度就会大约大 2.5 倍。
        self.r.value = bm.ones(1) * y0
        self.pw.value = bm.zeros(1)
        self.pb.value = bm.zeros(1)

    def update(self, x):
        # The values BEFORE the step, at t-1. Take them first: after `self.r.value = ...` the same `self.r` is r_t, and
        # a p_w line that reads it is not the exact derivative any more (dw is then about 3 % off).
        # 这一步之前（t-1 时刻）的值。要先取出来：执行 `self.r.value = ...` 之后 `self.r` 就已经是 r_t，
        # 再用它来算 p_w 就不再是精确的导数（dw 会有约 3% 的误差）。
        r, pw, pb = self.r.value, self.pw.value, self.pb.value
        w, b, dt = self.w.value, self.b.value, self.dt

        r_new = r + dt * (-r + w * r + b + x)
        pb_new = pb + dt * ((w - 1) * pb + 1)   # differentiate the line above by b / 上一行对 b 求导

        # >>>>>> BLANK 1 / 填空 1: p_w after the step / 这一步之后的 p_w
        pw_new = ...
        # <<<<<<
        if pw_new is ...:
            raise NotImplementedError('blank 1 is still open: p_w in update / 填空 1 还没有填：update 里的 p_w')

        self.r.value = r_new
        self.pw.value = pw_new
        self.pb.value = pb_new
        return r_new

    def train(self, r_seq, pw_seq, pb_seq, y):
        # One number per time step. Without this, (T, 1) minus (T,) would silently be a (T, T) table.
        # 每个时刻一个数。没有这一行的话，(T, 1) 减 (T,) 会悄悄变成 (T, T) 的表格。
        r_seq, pw_seq, pb_seq, y = (np.asarray(a).reshape(-1) for a in (r_seq, pw_seq, pb_seq, y))
        T, eta = len(y), 0.1
        loss = np.mean((r_seq - y) ** 2) / 2

        # >>>>>> BLANK 2 / 填空 2: the changes of w and b / w 和 b 的改变量
        dw = ...
        db = ...
        # <<<<<<
        if dw is ... or db is ...:
            raise NotImplementedError('blank 2 is still open: dw and db in train / 填空 2 还没有填：train 里的 dw 和 db')

        self.w.value = self.w.value + dw
        self.b.value = self.b.value + db
        return loss, dw, db


# %% [markdown]
# ## Input and target
# ## 输入与目标

# %%
T, dt = 10, 0.1
rng = np.random.default_rng(0)
x = rng.normal(0, 0.1, T)
y = np.exp(np.linspace(1, 0, T)) + rng.normal(0, 0.1, T)

steps = np.arange(1, T + 1)

plt.figure()
plt.plot(steps, x, label='input x')
plt.plot(steps, y, label='target y')
plt.xlabel('step t')
plt.legend()
plt.show()

# %% [markdown]
# ## Before training
# ## 训练之前
#
# `bp.DSRunner` compiles its loop again at every call of `run`: most of a second for the epochs below, for a few
# milliseconds of arithmetic. `ratezoo.Runner` is the same, but compiles once: put it in its place if you like.
# `bp.DSRunner` 每次调用 `run` 都会重新编译。`ratezoo.Runner` 用法完全相同，但只编译一次，可以直接替换。

# %%
rnn = RNN(dt=dt)
runner = bp.DSRunner(rnn, monitors=['r', 'pw', 'pb'], progress_bar=False)


def run():
    rnn.reset_neuron(y[0])
    runner.reset_state()
    runner.run(inputs=x)
    return runner.mon['r'], runner.mon['pw'], runner.mon['pb']


before, _, _ = run()

# %% [markdown]
# ## Training
# ## 训练

# %%
for epoch in range(10):
    loss, dw, db = rnn.train(*run(), y)
    print(f'epoch {epoch + 1:2d}   loss {loss:.5f}   dw {float(dw):+.5f}   db {float(db):+.5f}   '
          f'w {float(rnn.w.value[0]):.5f}')

# %% [markdown]
# ## After training
# ## 训练之后

# %%
after, pw_seq, pb_seq = run()

plt.figure()
plt.plot(steps, y, 'k', label='target y')
plt.plot(steps, before, '--', label='output r before training')
plt.plot(steps, after, label='output r after training')
plt.xlabel('step t')
plt.ylabel('firing rate')
plt.legend()
plt.show()

plt.figure()
plt.plot(steps, pw_seq, label='p_w = dr/dw')
plt.plot(steps, pb_seq, label='p_b = dr/db')
plt.xlabel('step t')
plt.ylabel('derivative of r')
plt.legend()
plt.show()
