# %% [markdown]
# # Hopfield network: store, recall, and store too much
# # Hopfield 网络：存储、回忆、存得太多
#
# N units have the states s_i = +1 or -1. Store P patterns p^1 ... p^P of +1 and -1 in the weights (Hebb's rule):
# N 个单元的状态为 s_i = +1 或 -1。按 Hebb 规则把 P 个由 +1 和 -1 组成的模式 p^1 … p^P 存入权重：
#
#     W = (1/N) sum_mu p^mu (p^mu)^T,   then / 然后   W_ii = 0
#
# Recall is *asynchronous*: one unit i after the other, in a random order, looks at the others and takes the sign:
# 回忆是*异步*的：按随机的顺序，每次只有一个单元 i 查看其他单元，并取符号：
#
#     s_i <- sign(h_i),   h_i = sum_j W_ij s_j         all other units keep their states / 其余单元保持不变
#
# The energy never rises while this goes on, so the network comes to rest in a valley of E:
# 在这个过程中能量从不上升，因此网络会停在 E 的一个谷底：
#
#     E(s) = -1/2 s^T W s
#
# Each stored pattern should be such a valley. This works as long as the patterns are few: with random patterns, recall
# breaks down near P/N = 0.138.
# 每个存入的模式都应当是这样一个谷。模式不太多时确实如此；对于随机模式，P/N 到 0.138 附近回忆就会失败。
#
# **Your task / 你的任务**: replace the three dots `...` in the three blanks. 把三处填空中的三个点 `...` 换成你的公式。
#
# Then ask for a verdict / 然后检查你的答案:  `ratezoo homework check FILE`
#
# *J. J. Hopfield, PNAS 79, 2554-2558 (1982), doi:10.1073/pnas.79.8.2554. The limit 0.138: D. J. Amit, H. Gutfreund and
# H. Sompolinsky, Physical Review Letters 55, 1530-1533 (1985), doi:10.1103/PhysRevLett.55.1530.*

# %%
import brainpy as bp
import brainpy.math as bm
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np


# %%
class Hopfield(bp.DynamicalSystem):
    def __init__(self, N):
        super().__init__()
        self.W = bm.Variable(jnp.zeros((N, N)))     # weights / 权重
        self.s = bm.Variable(jnp.ones(N))           # states, +1 or -1 / 状态，+1 或 -1

    def store(self, patterns):
        P, N = patterns.shape                       # one pattern a row, a NumPy array / 每行一个模式，NumPy 数组

        # >>>>>> BLANK 1 / 填空 1: the weights (N, N), with zeros on the diagonal / 权重 (N, N)，对角线为 0
        # np.fill_diagonal(W, 0) changes W itself and returns None: write it on a line of its own.
        # np.fill_diagonal(W, 0) 直接修改 W，返回值是 None：请单独写一行。
        W = ...
        # <<<<<<
        if W is ...:
            raise NotImplementedError('blank 1 is still open: W in store / 填空 1 还没有填：store 里的 W')

        if np.shape(W) != (N, N):
            raise ValueError(f'W: expected the shape {(N, N)}, got {np.shape(W)}. Each row of patterns is one pattern, '
                             'and np.fill_diagonal(W, 0) returns None: it changes W itself.')
        self.W.value = jnp.array(W, float)

    def update(self, i):
        s, W = self.s.value, self.W.value

        # >>>>>> BLANK 2 / 填空 2: all states after unit i has looked; only s_i may change / 单元 i 更新之后的全部状态；只有 s_i 可以改变
        # s.at[i].set(v) is a copy of s with s_i = v. (`s[i] = v` fails: a JAX array cannot be changed in place.)
        # s.at[i].set(v) 是 s 的副本，其中 s_i = v。（JAX 数组不能原地修改，所以 `s[i] = v` 会报错。）
        # jnp.where(a, b, c) is b where a is true, else c. (An `if` fails: BrainPy compiles this method.)
        # jnp.where(a, b, c)：a 为真时是 b，否则是 c。（不能用 `if`：BrainPy 会编译这个方法。）
        # jnp.sign(0) is 0, which is no state: if h_i = 0, the unit keeps its state.
        # jnp.sign(0) 等于 0，而 0 不是合法的状态：如果 h_i = 0，单元保持原来的状态。
        s_new = ...
        # <<<<<<
        if s_new is ...:
            raise NotImplementedError('blank 2 is still open: s_new in update / 填空 2 还没有填：update 里的 s_new')

        if jnp.shape(s_new) != s.shape:
            raise ValueError(f's_new: expected all N states, shape {s.shape}, got {jnp.shape(s_new)}')
        self.s.value = jnp.array(s_new, s.dtype)

    def energy(self, s):
        W = self.W.value

        # >>>>>> BLANK 3 / 填空 3: the energy of the states s, one number / 状态 s 的能量，一个数
        E = ...
        # <<<<<<
        if E is ...:
            raise NotImplementedError('blank 3 is still open: E in energy / 填空 3 还没有填：energy 里的 E')

        return E


# %% [markdown]
# ## Three pictures
# ## 三幅图

# %%
pictures = '''
.XXXXXXXX.   .........X   XX......XX
XXXXXXXXXX   ........XX   XXX....XXX
XX......XX   .......XXX   .XXX..XXX.
XX......XX   ......XXXX   ..XXXXXX..
XXXXXXXXXX   .....XXXXX   ...XXXX...
XXXXXXXXX.   ....XXXXXX   ...XXXX...
XX...XXX..   ...XXXXXXX   ..XXXXXX..
XX....XXX.   ..XXXXXXXX   .XXX..XXX.
XX.....XXX   .XXXXXXXXX   XXX....XXX
XX......XX   XXXXXXXXXX   XX......XX
'''.split()
patterns = np.array([[1. if c == 'X' else -1. for row in pictures[k::3] for c in row] for k in range(3)])
P, N = patterns.shape

net = Hopfield(N)
net.store(patterns)
rng = np.random.default_rng(0)


def random_order(sweeps, N):
    # Every unit once in a sweep. / 每一轮中每个单元各更新一次。
    return np.concatenate([rng.permutation(N) for _ in range(sweeps)])


# The monitor E is a function: its value is stored after every step. / 监视量 E 是一个函数：每一步之后记录它的值。
monitors = {'s': net.s, 'E': lambda: net.energy(net.s.value)}
rows, energies = [], []
for k in range(P):
    start = patterns[k] * np.where(rng.random(N) < 0.25, -1, 1)     # about a quarter of the pixels is wrong / 约四分之一的像素是错的
    net.s.value = jnp.array(start)
    runner = bp.DSRunner(net, monitors=monitors, progress_bar=False)
    runner.run(inputs=random_order(3, N))
    recalled = np.asarray(runner.mon['s'])[-1]
    rows.append([patterns[k], start, recalled])
    energies.append(np.asarray(runner.mon['E']).reshape(-1))
    print(f'picture {k + 1}: {np.sum(start != patterns[k])} pixels wrong at the start, '
          f'{np.sum(recalled != patterns[k])} after recall; largest rise of E in a step {np.diff(energies[k]).max():.0e}')

fig, axes = plt.subplots(P, 3, figsize=(4.5, 4.5), layout='constrained')
for row, pattern_start_recalled in zip(axes, rows):
    for ax, picture, title in zip(row, pattern_start_recalled, ('stored', 'start', 'recalled')):
        ax.imshow(picture.reshape(10, 10), cmap='Greys', vmin=-1, vmax=1)
        ax.set(xticks=[], yticks=[], title=title)
plt.show()

plt.figure()
for k in range(P):
    plt.plot(energies[k], label=f'recall of picture {k + 1}')
plt.xlabel('step (one unit each)')
plt.ylabel('energy E')
plt.legend()
plt.show()

# %% [markdown]
# ## Too many patterns
# ## 模式太多
#
# Store P random patterns, start exactly at one of them, and look how far the network runs away from it. The overlap
# m = (1/N) sum_i p_i s_i is 1 if it stays. For N -> infinity, m falls suddenly at P/N = 0.138. For N = 400 it falls
# gradually. It does not fall to 0: even a failed recall ends nearer to the pattern than a random state.
# 存储 P 个随机模式，从其中一个出发，看网络会离开它多远。如果不动，重叠 m = (1/N) sum_i p_i s_i 等于 1。
# 当 N 趋于无穷时，m 在 P/N = 0.138 处突然下降；N = 400 时这个下降是平缓的，而且 m 不会降到 0：
# 即使回忆失败，终点仍比随机状态更接近该模式。
#
# `bp.DSRunner` compiles its loop again at every `run`, about 0.1 s each. There are many runs here, so we compile once.
# `bp.DSRunner` 每次调用 `run` 都要重新编译，每次约 0.1 秒。这里要运行很多次，所以我们只编译一次。

# %%
N, loads, tries = 400, np.arange(0.04, 0.29, 0.03), 4
net = Hopfield(N)
recall = bm.jit(lambda order: bm.for_loop(net.update, order))
overlaps = np.zeros((len(loads), tries))
for a, load in enumerate(loads):
    for k in range(tries):
        patterns = rng.choice([-1., 1.], (round(load * N), N))
        net.store(patterns)
        net.s.value = jnp.array(patterns[0])
        recall(jnp.array(random_order(10, N)))
        overlaps[a, k] = patterns[0] @ np.asarray(net.s.value) / N

plt.figure(layout='constrained')
plt.plot(loads, overlaps, '.', color='0.7')
plt.plot([], [], '.', color='0.7', label='one recall')
plt.plot(loads, overlaps.mean(1), 'o-', label=f'mean of {tries} recalls, N = {N}')
plt.axvline(0.138, color='k', linestyle='--', label='0.138 (Amit, Gutfreund, Sompolinsky 1985)')
plt.ylim(0, 1.05)
plt.xlabel('load P/N')
plt.ylabel('overlap m after recall')
plt.legend(loc='lower center', bbox_to_anchor=(0.5, 1.))    # above the curves / 放在曲线上方
plt.show()
