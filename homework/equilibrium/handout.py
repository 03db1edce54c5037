# %% [markdown]
# # Equilibrium propagation: two relaxations give a gradient
# # 平衡传播：两次弛豫给出梯度
#
# A network of n units obeys / 一个由 n 个单元组成的网络满足
#
#     dr/dt = F(r, W, x) = -r - r^3 + W r + x          (r^3: each unit to the power 3 / 每个单元各自的三次方)
#
# With a constant input x it comes to rest at r*, where F = 0. A few units are outputs. The loss compares them with y:
# 输入 x 不变时，网络会静止在 r*，那里 F = 0。其中几个单元是输出单元，损失函数把它们与目标 y 比较：
#
#     l = 1/2 sum_{i is an output} (r_i - y_i)^2
#
# **We want dl/dW: how the loss at rest, l(r*), changes with each weight.** The network can find it by itself. Let it
# come to rest. Then *nudge* it, with a number lam > 0 (lambda), and let it come to rest again, at r*(lam):
# **我们想知道 dl/dW：静止时的损失 l(r*) 如何随每个权重变化。** 网络自己就能找到它。先让它弛豫到静止状态；
# 再用一个数 lam > 0（λ）*轻推*（nudge）它，让它再弛豫一次，停在 r*(lam)：
#
#     dr/dt = F(r, W, x) + lam (dl/dr)^T               note the plus sign: lam > 0 pushes r UP the loss
#                                                      注意是加号：lam > 0 把 r 推向损失更大的方向
#
# J = dF/dr is symmetric here, because W is symmetric. Then, and only then, the shift of r* gives the gradient:
# 这里 W 是对称的，所以 J = dF/dr 也是对称的。正因为 J 对称，r* 的移动才给出梯度：
#
#     dl/dW = (dr*/dlam)^T dF/dW                       with dF/dW at the free rest r*(0) / dF/dW 取自由静止点 r*(0) 处的值
#
# and dr*/dlam is measured / 其中 dr*/dlam 是测量出来的：
#
# * one-sided: from r*(0) and r*(lam). Its error falls like lam.
#   单侧差分：用 r*(0) 和 r*(lam)，误差按 lam 减小。
# * centred: from r*(-lam) and r*(lam). Its error falls like lam^2.
#   中心差分：用 r*(-lam) 和 r*(lam)，误差按 lam^2 减小。
#
# **What dl/dW means for a symmetric W.** The connection between i and j is ONE number, W_ij = W_ji, which acts in both
# directions. dl/dW_ij is the change of l when both entries grow together. So look for W_ij in F_i *and* in F_j.
# No unit is connected to itself: W_ii = 0 always.
# **W 对称时 dl/dW 的含义。** i 与 j 之间的连接是*一个*数 W_ij = W_ji，它在两个方向上都起作用。dl/dW_ij 指两个元素
# 一起增大时 l 的变化。所以既要在 F_i 中、也要在 F_j 中寻找 W_ij。单元与自己没有连接：始终 W_ii = 0。
#
# **Your task / 你的任务**: replace the three dots `...` in the three blanks. 把三处填空中的三个点 `...` 换成你的公式。
#
# Then ask for a verdict / 然后检查你的答案:  `ratezoo homework check FILE`
#
# *B. Scellier and Y. Bengio, Frontiers in Computational Neuroscience 11, 24 (2017), doi:10.3389/fncom.2017.00024.
# Centred: A. Laborieux et al., Frontiers in Neuroscience 15, 633674 (2021), doi:10.3389/fnins.2021.633674.
# Papers push DOWN the loss, with beta > 0. Our lam is -beta.*
# *论文中用 beta > 0 把网络推向损失*减小*的方向；我们的 lam 就是 -beta。*

# %%
import brainpy as bp
import brainpy.math as bm
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np

# We subtract two states that are nearly equal. Single precision would lose most of the digits.
# 我们要把两个几乎相等的状态相减，单精度会丢掉大部分有效数字，所以用双精度。
bm.enable_x64()


# %%
class Net(bp.DynamicalSystem):
    def __init__(self, W, y, out, dt=0.1):
        super().__init__()
        self.dt = dt
        self.W = bm.Variable(jnp.array(W, float))       # symmetric, zeros on the diagonal / 对称，对角线为 0
        self.y = jnp.array(y, float)                    # target, (n,); read for output units only / 目标，只对输出单元有意义
        self.out = jnp.array(out, float)                # (n,): 1 for an output unit, else 0 / 输出单元为 1，其余为 0
        self.lam = bm.Variable(jnp.zeros(1))            # strength of the nudge, 0 = free / 轻推的强度，0 表示自由
        self.r = bm.Variable(jnp.zeros(len(W)))         # state / 状态

    def F(self, r, x):
        return -r - r**3 + self.W.value @ r + x

    def loss(self, r):
        return jnp.sum(self.out * (r - self.y) ** 2) / 2

    def update(self, x):
        r, lam, y, out, dt = self.r.value, self.lam.value, self.y, self.out, self.dt

        # >>>>>> BLANK 1 / 填空 1: the force lam (dl/dr)^T, n numbers / 轻推的力 lam (dl/dr)^T，共 n 个数
        # Only output units feel it: for the others it must be 0. Differentiate `loss` above.
        # 只有输出单元受到这个力，其余单元为 0。请对上面的 loss 求导。
        nudge = ...
        # <<<<<<
        if nudge is ...:
            raise NotImplementedError('blank 1 is still open: the nudge in update / 填空 1 还没有填：update 里的 nudge')

        self.r.value = r + dt * (self.F(r, x) + nudge)

    def one_sided(self, r_free, r_nudged, lam):
        # r_free = r*(0), r_nudged = r*(lam), n numbers each / 各有 n 个数
        # >>>>>> BLANK 2 / 填空 2: dl/dW from two states of rest, a symmetric table (n, n) / 用两个静止状态求 dl/dW，(n, n) 的对称矩阵
        # You may write several lines: dr*/dlam first, then dl/dW. np.outer(a, b) is the table a_i b_j.
        # 可以写多行：先求 dr*/dlam，再求 dl/dW。np.outer(a, b) 是元素为 a_i b_j 的矩阵。
        dW_one = ...
        # <<<<<<
        if dW_one is ...:
            raise NotImplementedError('blank 2 is still open: dW_one in one_sided / 填空 2 还没有填：one_sided 里的 dW_one')
        return dW_one * (1 - np.eye(len(r_free)))       # no connection to itself / 单元与自己没有连接

    def centred(self, r_free, r_plus, r_minus, lam):
        # r_free = r*(0), r_plus = r*(lam), r_minus = r*(-lam)
        # >>>>>> BLANK 3 / 填空 3: dl/dW once more, from the two nudged states / 再求一次 dl/dW，这次用两个轻推后的状态
        dW_two = ...
        # <<<<<<
        if dW_two is ...:
            raise NotImplementedError('blank 3 is still open: dW_two in centred / 填空 3 还没有填：centred 里的 dW_two')
        return dW_two * (1 - np.eye(len(r_free)))


# %% [markdown]
# ## A network with random weights
# ## 一个随机权重的网络

# %%
n = 6
rng = np.random.default_rng(3)
W = np.triu(rng.normal(0, 1 / np.sqrt(n), (n, n)), 1)
W = W + W.T
x = np.append(rng.normal(0, 1, n - 2), [0, 0])      # the outputs get no input / 输出单元没有输入
y = np.append(np.zeros(n - 2), rng.uniform(-1, 1, 2))
out = np.array([0, 0, 0, 0, 1, 1])                  # the last two units are the outputs / 最后两个是输出单元

net = Net(W, y, out)
steps = 600


def relax(lam, start):
    # All steps get the same input, so one row a step. / 每一步的输入相同：每步一行。
    net.r.value = jnp.array(start)
    net.lam.value = jnp.ones(1) * lam
    runner = bp.DSRunner(net, monitors=['r'], progress_bar=False)
    runner.run(inputs=np.tile(x, (steps, 1)))
    return np.asarray(runner.mon['r'])


free = relax(0, np.zeros(n))
r_free = free[-1]                                   # r*(0)
print(f'Is it at rest? largest |F| = {np.abs(net.F(r_free, x)).max():.0e}')

# %% [markdown]
# ## The true gradient, by brute force
# ## 真正的梯度：直接用有限差分
#
# Change one connection a little, relax, look at the loss; the same for all 15 connections. That takes 30 relaxations.
# Equilibrium propagation needs two or three, however many connections there are.
# 每次只稍微改变一个连接，弛豫，看损失；15 个连接共需 30 次弛豫。而平衡传播无论有多少连接，只需要两三次。


# %%
def loss_at_rest(W):
    r = np.zeros(n)
    for _ in range(steps):
        r = r + net.dt * (-r - r**3 + W @ r + x)
    return np.sum(out * (r - y) ** 2) / 2


true, eps = np.zeros((n, n)), 1e-4
for i in range(n):
    for j in range(i):
        both = np.zeros((n, n))
        both[i, j] = both[j, i] = eps
        true[i, j] = true[j, i] = (loss_at_rest(W + both) - loss_at_rest(W - both)) / (2 * eps)

# %% [markdown]
# ## Two (or three) relaxations, with strong and weak nudges
# ## 两次（或三次）弛豫：较强与较弱的轻推


# %%
def error(dW):
    return np.linalg.norm(dW - true) / np.linalg.norm(true)


nudges = [0.5, 0.2, 0.05, 0.02]
one, two, paths = [], [], {}
for lam in nudges:
    plus, minus = relax(lam, r_free), relax(-lam, r_free)
    one.append(error(net.one_sided(r_free, plus[-1], lam)))
    two.append(error(net.centred(r_free, plus[-1], minus[-1], lam)))
    paths[lam] = plus
    print(f'lam {lam:4}   error one-sided {one[-1]:8.3%}   centred {two[-1]:8.3%}')

# %% [markdown]
# ## What you should see
# ## 你应当看到什么
#
# Left: the nudge lam = 0.05 moves the two outputs a little. With lam = 0.5, the value in the lecture notes, they go far:
# [r*(lam) - r*(0)]/lam is no derivative any more, and the one-sided gradient is wrong by more than its own size.
# Right: for small lam the errors fall with the slopes 1 and 2. Try other seeds: how wrong lam = 0.5 is depends on W.
# 左图：lam = 0.05 只让两个输出单元移动一点；lam = 0.5（讲义中的值）却让它们走得很远：[r*(lam) - r*(0)]/lam 不再是导数，
# 单侧梯度的误差比梯度本身还大。右图：lam 较小时，两种误差分别以斜率 1 和 2 下降。换几个随机种子试试：
# lam = 0.5 错得多厉害，取决于 W。

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout='constrained')
t = net.dt * np.arange(1, 201)
for k, unit in enumerate(np.flatnonzero(out)):
    for lam, style in ((0.05, '-'), (0.5, '--')):
        left.plot(t, paths[lam][:200, unit], style, color=f'C{k}', label=f'output {k + 1}, lam = {lam}')
    left.axhline(r_free[unit], color=f'C{k}', linestyle=':', linewidth=1)
left.plot([], [], 'k:', linewidth=1, label='free rest r*(0)')
left.set_xlabel('time after the nudge sets in')
left.set_ylabel('r')
left.set_ylim(-0.7, 0.4)
left.legend(fontsize=8, loc='lower center', ncols=2)

lam = np.array(nudges)
right.loglog(lam, one, 'o-', label='one-sided')
right.loglog(lam, two, 's-', label='centred')
right.loglog(lam, one[-1] * lam / lam[-1], 'k:', label='slope 1')
right.loglog(lam, two[-1] * (lam / lam[-1]) ** 2, 'k--', label='slope 2')
right.axhline(1, color='0.8', zorder=0)             # as wrong as the gradient is large / 误差与梯度一样大
right.set_xticks(nudges, nudges)
right.set_xticks([], minor=True)
right.set_xlabel('lam')
right.set_ylabel('relative error of dl/dW')
right.legend()
plt.show()
