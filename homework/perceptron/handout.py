# %% [markdown]
# # A perceptron with a penalty on its weights
# # 带权重惩罚的感知机
#
# One hidden layer. x, z, h, o are column vectors, and W1, W2 are matrices `W[post, pre]`:
# 一个隐藏层。x、z、h、o 是列向量，W1、W2 是矩阵，写作 `W[突触后, 突触前]`：
#
#     z = W1 x,    h = phi(z),    o = W2 h          phi = tanh
#
# For one sample (x, y) the total loss is the error plus an L2 penalty, with a strength mu >= 0:
# 对一个样本 (x, y)，总损失等于误差加上 L2 惩罚，其强度为 mu >= 0：
#
#     J = l + s,    l = 1/2 |o - y|^2,    s = mu/2 (|W1|^2 + |W2|^2)
#
# |W|^2 is the sum of the squares of all entries of W. l and s belong to *one* sample. Over several samples J is the mean.
# |W|^2 是 W 的所有元素的平方和。l 和 s 都是对*一个*样本而言的；有多个样本时，J 取平均。
#
# Gradient descent needs dJ/dW1 and dJ/dW2. Use the chain rule along the two paths from W to J: through o, and through s.
# 梯度下降需要 dJ/dW1 和 dJ/dW2。从 W 到 J 有两条路：一条经过 o，一条经过 s。请沿这两条路使用链式法则。
#
# A reminder: for c = A b, and a number q that depends on c,
# 提示：若 c = A b，而数 q 依赖于 c，则
#
#     dq/dA = (dq/dc) b^T     entry / 元素 [i, j] = (dq/dc)_i b_j
#     dq/db = A^T dq/dc
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
class Perceptron(bp.DynamicalSystem):
    def __init__(self, W1, W2, mu=0., eta=0.05):
        super().__init__()
        self.mu = mu                             # strength of the penalty / 惩罚的强度
        self.eta = eta                           # learning rate / 学习率
        self.W1 = bm.Variable(bm.asarray(W1))    # (n, n_in)
        self.W2 = bm.Variable(bm.asarray(W2))    # (n_out, n)
        n, n_out = len(W1), len(W2)
        self.z = bm.Variable(bm.zeros(n))        # input of the hidden units / 隐藏单元的输入
        self.h = bm.Variable(bm.zeros(n))        # their activity / 隐藏单元的活动
        self.o = bm.Variable(bm.zeros(n_out))    # output / 输出

    def phi(self, z):
        return bm.tanh(z)

    def dphi(self, z):
        """phi'(z)"""
        return 1 - bm.tanh(z) ** 2

    def forward(self, x):
        z = self.W1.value @ x
        h = self.phi(z)
        o = self.W2.value @ h
        return z, h, o

    def loss(self, x, y):
        """l, without the penalty. / 误差 l，不含惩罚。"""
        z, h, o = self.forward(x)
        return bm.sum((o - y) ** 2) / 2

    def penalty(self):
        """s"""
        W1, W2, mu = self.W1.value, self.W2.value, self.mu

        # >>>>>> BLANK 1 / 填空 1: the penalty s, one number / 惩罚 s，一个数
        s = ...
        # <<<<<<
        if s is ...:
            raise NotImplementedError('blank 1 is still open: s in penalty / 填空 1 还没有填：penalty 里的 s')
        return s

    def gradient_W2(self, x, y):
        """dJ/dW2 for one sample. / 一个样本的 dJ/dW2。"""
        W1, W2, mu, dphi = self.W1.value, self.W2.value, self.mu, self.dphi
        z, h, o = self.forward(x)
        dl_do = o - y

        # >>>>>> BLANK 2 / 填空 2: dJ/dW2, of the shape of W2 / dJ/dW2，形状与 W2 相同
        # a b^T is bm.outer(a, b). Not np.outer: DSRunner compiles this line, and NumPy can't be compiled.
        # a b^T 写作 bm.outer(a, b)。不要用 np.outer：DSRunner 会编译这一行，而 NumPy 的函数不能编译。
        dW2 = ...
        # <<<<<<
        if dW2 is ...:
            raise NotImplementedError('blank 2 is still open: dW2 in gradient_W2 / 填空 2 还没有填：gradient_W2 里的 dW2')
        return dW2

    def gradient_W1(self, x, y):
        """dJ/dW1 for one sample. / 一个样本的 dJ/dW1。"""
        W1, W2, mu, dphi = self.W1.value, self.W2.value, self.mu, self.dphi
        z, h, o = self.forward(x)
        dl_do = o - y

        # >>>>>> BLANK 3 / 填空 3: dJ/dW1, of the shape of W1 / dJ/dW1，形状与 W1 相同
        # Entry by entry is `*`; a matrix times a vector is `@`. / 逐元素相乘用 `*`；矩阵乘向量用 `@`。
        dW1 = ...
        # <<<<<<
        if dW1 is ...:
            raise NotImplementedError('blank 3 is still open: dW1 in gradient_W1 / 填空 3 还没有填：gradient_W1 里的 dW1')
        return dW1

    def update(self, x, y):
        """Show one sample, and take one step down the gradient. / 给一个样本，沿梯度下降走一步。"""
        self.z.value, self.h.value, self.o.value = self.forward(x)
        dW1, dW2 = self.gradient_W1(x, y), self.gradient_W2(x, y)    # both with the old weights / 两者都用旧的权重
        self.W1.value = self.W1.value - self.eta * dW1
        self.W2.value = self.W2.value - self.eta * dW2


# %% [markdown]
# ## The gradient against finite differences
# ## 梯度与有限差分的比较
#
# Change one weight by a small eps, and see how much J changes. All points should lie on the diagonal.
# 把一个权重改变一个很小的 eps，看 J 改变多少。所有的点都应当落在对角线上。

# %%
rng = np.random.default_rng(0)
net = Perceptron(rng.normal(size=(4, 3)), rng.normal(size=(2, 4)), mu=0.5)
x, y = rng.normal(size=3), rng.normal(size=2)


def finite_differences(weight, eps=1e-5):
    old = np.asarray(weight.value)
    slope = np.zeros(old.shape)
    for index in np.ndindex(old.shape):
        J = []
        for sign in (1, -1):
            new = old.copy()
            new[index] += sign * eps
            weight.value = bm.asarray(new)
            J.append(float(net.loss(x, y) + net.penalty()))
        slope[index] = (J[0] - J[1]) / (2 * eps)
    weight.value = bm.asarray(old)
    return slope


yours = net.gradient_W1(x, y), net.gradient_W2(x, y)
measured = finite_differences(net.W1), finite_differences(net.W2)

plt.figure(figsize=(4.5, 4), layout='constrained')
for k, (a, b) in enumerate(zip(yours, measured), 1):
    a = np.asarray(a)
    print(f'dJ/dW{k}: largest difference {np.max(np.abs(a - b)):.1e}, largest entry {np.max(np.abs(b)):.3f}')
    plt.plot(b.ravel(), a.ravel(), 'os'[k - 1], label=f'$dJ/dW_{k}$')
ends = [min(m.min() for m in measured), max(m.max() for m in measured)]
plt.plot(ends, ends, 'k', linewidth=0.8, label='equal')
plt.xlabel('finite differences of $J$')
plt.ylabel('your gradient')
plt.legend()
plt.show()

# %% [markdown]
# ## Two moons
# ## 两个月牙
#
# 20 noisy points are few for a network with 20 hidden units: it learns the noise, too. The third number of x is always 1.
# Its weights serve as the biases of the hidden units.
# 对有 20 个隐藏单元的网络来说，20 个带噪声的点太少了：它会把噪声也学进去。x 的第三个数总是 1，它的权重就是隐藏单元的偏置。

# %%
def two_moons(n, noise=0.3):
    angle = rng.uniform(0, np.pi, n)
    upper = np.arange(n) % 2 == 0
    a = np.where(upper, np.cos(angle), 1 - np.cos(angle)) + noise * rng.normal(size=n)
    b = np.where(upper, np.sin(angle), 0.5 - np.sin(angle)) + noise * rng.normal(size=n)
    return np.stack([a, b, np.ones(n)], 1), np.where(upper, 1., -1.)[:, None]


x_train, y_train = two_moons(20)
x_test, y_test = two_moons(400)
W1, W2 = rng.normal(size=(20, 3)), rng.normal(size=(1, 20)) / np.sqrt(20)

# %% [markdown]
# ## Training without and with the penalty
# ## 不带惩罚与带惩罚的训练
#
# `bp.DSRunner` calls `update` once for each row of its inputs. So one run trains for all epochs.
# `bp.DSRunner` 对输入的每一行调用一次 `update`，因此运行一次就完成了全部 epoch 的训练。

# %%
epochs, n = 200, len(x_train)


def train(mu):
    """W1 and W2 after each epoch: (epochs, 20, 3) and (epochs, 1, 20)."""
    net = Perceptron(W1, W2, mu)
    runner = bp.DSRunner(net, monitors=['z', 'h', 'o', 'W1', 'W2'], progress_bar=False)
    runner.run(inputs=(np.tile(x_train, (epochs, 1)), np.tile(y_train, (epochs, 1))))
    return runner.mon['W1'][n - 1::n], runner.mon['W2'][n - 1::n]


def mean_loss(W1, W2, x, y):
    """The mean of l over the samples, after each epoch. / 每个 epoch 之后，误差 l 对所有样本的平均。"""
    o = np.tanh(x @ W1.transpose(0, 2, 1)) @ W2.transpose(0, 2, 1)
    return np.mean(np.sum((o - y) ** 2, 2), 1) / 2


fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout='constrained')
for i, mu in enumerate((0., 0.01)):
    W = train(mu)
    seen, unseen = mean_loss(*W, x_train, y_train), mean_loss(*W, x_test, y_test)
    size = np.sum(W[0] ** 2, (1, 2)) + np.sum(W[1] ** 2, (1, 2))
    print(f'mu {mu:4.2f}   loss of the 20 training points {seen[-1]:.3f}, of 400 new points {unseen[-1]:.3f}   '
          f'|W|^2 {size[-1]:.1f}')
    left.plot(1 + np.arange(epochs), seen, color=f'C{i}', label=f'$\\mu$ = {mu:g}, training points')
    left.plot(1 + np.arange(epochs), unseen, '--', color=f'C{i}', label=f'$\\mu$ = {mu:g}, new points')
    right.plot(1 + np.arange(epochs), size, color=f'C{i}')
left.set(xlabel='epoch', ylabel='mean loss $l$')
right.set(xlabel='epoch', ylabel='$|W_1|^2 + |W_2|^2$', ylim=(0, None))
fig.legend(loc='outside upper center', ncols=4)
plt.show()
