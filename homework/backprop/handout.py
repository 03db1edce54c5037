# %% [markdown]
# # Back-propagation is the adjoint of a two-layer network
# # 反向传播就是两层网络的伴随方程
#
# Two layers of rate neurons get a constant input x0. w1 and w2 are matrices, `w[post, pre]`:
# 两层发放率神经元接收恒定的输入 x0。w1 和 w2 是矩阵，写作 `w[突触后, 突触前]`：
#
#     dx1/dt = -x1 + f(w1 x0)
#     dx2/dt = -x2 + f(w2 x1)                 f = tanh
#
# They settle at x1* = f(w1 x0) and x2* = f(w2 x1*). The loss is l = 1/2 |x2* - y|^2, where y is the target.
# We look for dl/dw1 and dl/dw2.
# 网络稳定在 x1* = f(w1 x0) 和 x2* = f(w2 x1*)。损失为 l = 1/2 |x2* - y|^2，其中 y 是目标。
# 我们要求 dl/dw1 和 dl/dw2。
#
# For any network dr/dt = F(r, w) with the fixed point r*, the implicit function theorem gives
# 对任何具有不动点 r* 的网络 dr/dt = F(r, w)，由隐函数定理得到
#
#     dl/dw = v* dF/dw,      v* = -(dl/dr) J^-1,      J = dF/dr      (v* is a row vector / v* 是行向量)
#
# There are two ways to find v*. / 求 v* 有两种方法。
#
# 1. **Solve / 直接求解**  0 = v J + dl/dr.
# 2. **Let it settle / 让它自己稳定下来**:  dv/dt = v J + dl/dr  stops exactly at v* / 恰好停在 v*。
#
# Here r = (x1, x2), v = (v1, v2), and J has four blocks:
# 这里 r = (x1, x2)，v = (v1, v2)，而 J 由四块组成：
#
#     J = [ -1            0  ]      (v J)_j = sum_i v_i J_ij     in Python / 在 Python 中: v @ J
#         [ dF2/dx1      -1  ]      F2 = -x2 + f(w2 x1)
#
# Find the block dF2/dx1 yourself. *Some copies of the notes print it as w2 f'(w2 x2). Differentiate F2 by x1: what is the
# argument of f'?*
# 请自己求出 dF2/dx1 这一块。*有些版本的讲义把它印成 w2 f'(w2 x2)。请把 F2 对 x1 求导：f' 的自变量应当是什么？*
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

bm.enable_x64()    # double precision: we compare with finite differences / 双精度：后面要与有限差分比较


# %%
class TwoLayers(bp.DynamicalSystem):
    def __init__(self, w1, w2, dt=0.1):
        super().__init__()
        self.dt = dt
        self.w1 = bm.Variable(bm.asarray(w1))    # (n1, n0)
        self.w2 = bm.Variable(bm.asarray(w2))    # (n2, n1)
        (n1, _), (n2, _) = self.w1.shape, self.w2.shape
        self.x1 = bm.Variable(bm.zeros(n1))
        self.x2 = bm.Variable(bm.zeros(n2))
        self.v1 = bm.Variable(bm.zeros(n1))      # adjoint of layer 1 / 第 1 层的伴随变量
        self.v2 = bm.Variable(bm.zeros(n2))      # adjoint of layer 2 / 第 2 层的伴随变量
        self.y = bm.Variable(bm.zeros(n2))       # target / 目标

    def f(self, a):
        return bm.tanh(a)

    def df(self, a):
        """f'(a)"""
        return 1 - bm.tanh(a) ** 2

    def reset_neurons(self, y):
        """All rates and adjoints are 0; y is the target. / 所有 x 和 v 归零；y 是目标。"""
        self.y.value = bm.asarray(y)
        for s in (self.x1, self.x2, self.v1, self.v2):
            s.value = bm.zeros_like(s.value)

    def rest(self, x0):
        """Where the rates settle: x1*, x2*. / 稳定时的 x1*、x2*。"""
        x1 = self.f(self.w1.value @ x0)
        x2 = self.f(self.w2.value @ x1)
        return x1, x2

    def loss(self, x0, y):
        """l at the settled state. / 稳定状态下的损失 l。"""
        x1, x2 = self.rest(x0)
        return bm.sum((x2 - y) ** 2) / 2

    def solve(self, x0, y):
        """The first way: v1*, v2*. / 第一种方法：v1*、v2*。"""
        w1, w2, df = self.w1.value, self.w2.value, self.df
        x1, x2 = self.rest(x0)
        v2 = x2 - y    # second block of 0 = v J + dl/dr:  0 = -v2 + dl/dx2 / 0 = v J + dl/dr 的第二块

        # >>>>>> BLANK 1 / 填空 1: v1*, from the first block of 0 = v J + dl/dr / 由第一块求 v1*
        v1 = ...
        # <<<<<<
        if v1 is ...:
            raise NotImplementedError('blank 1 is still open: v1 in solve / 填空 1 还没有填：solve 里的 v1')
        return v1, v2

    def update(self, x0):
        """The second way: a step of the rates and of the adjoints. / 第二种方法：x 和 v 各走一步。"""
        w1, w2, y, df, dt = self.w1.value, self.w2.value, self.y.value, self.df, self.dt
        x1, x2, v1, v2 = self.x1.value, self.x2.value, self.v1.value, self.v2.value

        dx1 = -x1 + self.f(w1 @ x0)
        dx2 = -x2 + self.f(w2 @ x1)
        dv2 = -v2 + (x2 - y)    # second block of v J + dl/dr / v J + dl/dr 的第二块

        # >>>>>> BLANK 2 / 填空 2: dv1/dt, the first block of v J + dl/dr / v J + dl/dr 的第一块
        # x1 and x2 are on their way to x1*, x2*. Use them as they are now: J moves with them.
        # x1 和 x2 还没有到达 x1*、x2*。请直接使用它们此刻的值：J 随它们一起变化。
        dv1 = ...
        # <<<<<<
        if dv1 is ...:
            raise NotImplementedError('blank 2 is still open: dv1 in update / 填空 2 还没有填：update 里的 dv1')

        self.x1.value = x1 + dt * dx1
        self.x2.value = x2 + dt * dx2
        self.v1.value = v1 + dt * dv1
        self.v2.value = v2 + dt * dv2

    def gradients(self, x0, x1, v1, v2):
        """dl/dw = v dF/dw, for F1 = -x1 + f(w1 x0) and F2 = -x2 + f(w2 x1)."""
        w1, w2, df = self.w1.value, self.w2.value, self.df

        # >>>>>> BLANK 3 / 填空 3: the gradients, of the shapes of w1 and w2 / 梯度，形状与 w1、w2 相同
        # bm.outer(a, b)[i, j] is a[i] * b[j]. A `*` between two vectors is something else.
        # bm.outer(a, b)[i, j] 就是 a[i] * b[j]。两个向量之间的 `*` 是另一回事。
        dw1 = ...
        dw2 = ...
        # <<<<<<
        if dw1 is ... or dw2 is ...:
            raise NotImplementedError('blank 3 is still open: dw1 and dw2 in gradients / '
                                      '填空 3 还没有填：gradients 里的 dw1 和 dw2')
        return dw1, dw2


# %% [markdown]
# ## The adjoint settles at v*
# ## 伴随变量稳定在 v*
#
# `bp.DSRunner` calls `update` once for each row of the input. The rates settle first; the adjoint follows them.
# `bp.DSRunner` 对输入的每一行调用一次 `update`。x 先稳定下来，v 随后也稳定下来。

# %%
rng = np.random.default_rng(0)
n0, n1, n2, dt, steps = 4, 3, 2, 0.1, 250
net = TwoLayers(rng.normal(0, 0.7, (n1, n0)), rng.normal(0, 0.7, (n2, n1)), dt)
x0, y = rng.normal(size=n0), rng.normal(size=n2)

v1_star, v2_star = net.solve(x0, y)

net.reset_neurons(y)
runner = bp.DSRunner(net, monitors=['x1', 'v1', 'v2'], dt=dt, progress_bar=False)
runner.run(inputs=np.tile(x0, (steps, 1)))
x1, v1, v2 = (runner.mon[k] for k in ('x1', 'v1', 'v2'))
print(f'v1 at the end minus v1*: {np.max(np.abs(v1[-1] - np.asarray(v1_star))):.1e}')

fig, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout='constrained')
for ax, name, v, star in zip(axes, ('v_1', 'v_2'), (v1, v2), (v1_star, v2_star)):
    for i, value in enumerate(np.asarray(star)):
        ax.axhline(value, color=f'C{i}', linestyle='--', label='solved: $v^*$' if i == 0 else None)
        ax.plot(dt * np.arange(1, steps + 1), v[:, i], color=f'C{i}', label='settling: $v(t)$' if i == 0 else None)
    ax.set(xlabel='time $t$', ylabel=f'${name}$')
axes[1].legend(loc='center right')
plt.show()

# %% [markdown]
# ## The gradient against finite differences
# ## 梯度与有限差分的比较
#
# Change one weight by a small eps, and see how much the loss changes. All points should lie on the diagonal.
# 把一个权重改变一个很小的 eps，看损失改变多少。所有的点都应当落在对角线上。

# %%
def finite_differences(weight, eps=1e-5):
    old = np.asarray(weight.value)
    slope = np.zeros(old.shape)
    for index in np.ndindex(old.shape):
        losses = []
        for sign in (1, -1):
            new = old.copy()
            new[index] += sign * eps
            weight.value = bm.asarray(new)
            losses.append(float(net.loss(x0, y)))
        slope[index] = (losses[0] - losses[1]) / (2 * eps)
    weight.value = bm.asarray(old)
    return slope


yours = net.gradients(x0, bm.asarray(x1[-1]), bm.asarray(v1[-1]), bm.asarray(v2[-1]))
measured = finite_differences(net.w1), finite_differences(net.w2)

plt.figure(figsize=(4.5, 4), layout='constrained')
for k, (a, b) in enumerate(zip(yours, measured), 1):
    a = np.asarray(a)
    print(f'dl/dw{k}: largest difference {np.max(np.abs(a - b)):.1e}, largest entry {np.max(np.abs(b)):.3f}')
    plt.plot(b.ravel(), a.ravel(), 'os'[k - 1], label=f'$dl/dw_{k}$')
ends = [min(m.min() for m in measured), max(m.max() for m in measured)]
plt.plot(ends, ends, 'k', linewidth=0.8, label='equal')
plt.xlabel('finite differences')
plt.ylabel('your gradient')
plt.legend()
plt.show()
