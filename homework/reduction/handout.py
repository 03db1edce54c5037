# %% [markdown]
# # From spikes to rates
# # 从脉冲到发放率
#
# Presynaptic neuron i fires at the times t_i^j. Its spike train is rho_i(t) = sum_j delta(t - t_i^j). A synapse filters
# the spikes and gives the current I; the membrane filters the current and gives the firing rate r:
# 突触前神经元 i 在时刻 t_i^j 发放，它的脉冲序列是 rho_i(t) = sum_j delta(t - t_i^j)。
# 突触对脉冲滤波，得到电流 I；膜再对电流滤波，得到发放率 r：
#
#     synapse  / 突触:  tau_s dI/dt = -I + W rho + x
#     membrane / 膜:    tau_m dr/dt = -r + g(I)
#
# W has one row for each neuron that receives and one column for each neuron that sends: the synapses give `W @ rho`.
# W 的每一行对应一个接收的神经元，每一列对应一个发送的神经元：突触输入是 `W @ rho`。
#
# **Step 1.** Replace the spike trains rho by the rates r. The current hardly changes, because the synapse averages over
# the time tau_s and over many neurons.
# **第一步**：用发放率 r 代替脉冲序列 rho。电流几乎不变，因为突触对时间 tau_s 和许多神经元做了平均。
#
# **Step 2.** If one of the two filters is much faster than the other, it is always at rest already: set its derivative
# to 0 and put the result into the other equation. One equation is left.
# **第二步**：如果两个滤波器中有一个快得多，它总是已经到达稳态：令它的导数为 0，再代入另一个方程，只剩下一个方程。
#
# * tau_s much smaller than tau_m: the **firing-rate model**, an equation for r. / tau_s 远小于 tau_m：**发放率模型**，r 的方程。
# * tau_m much smaller than tau_s: the **current model**, an equation for I. / tau_m 远小于 tau_s：**电流模型**，I 的方程。
#
# **Your task / 你的任务**: replace the three dots `...` in the three blanks. Derive blanks 2 and 3 on paper first.
# 把三处填空中的三个点 `...` 换成你的公式。填空 2 和 3 请先在纸上推导。
#
# Then ask for a verdict / 然后检查你的答案:  `ratezoo homework check FILE`
#
# Times are in ms. Rates are in spikes per ms: 0.02 is 20 Hz.
# 时间的单位是 ms；发放率的单位是每毫秒的脉冲数：0.02 就是 20 Hz。

# %%
import brainpy as bp
import brainpy.math as bm
import matplotlib.pyplot as plt
import numpy as np


# %%
class RateNetwork(bp.DynamicalSystem):
    def __init__(self, model, W, tau_s, tau_m, dt, r_max=0.1, theta=1.):
        super().__init__()
        self.model = model                  # 'filter', 'full', 'firing-rate' or 'current': see update / 见 update
        self.W = bm.asarray(W)              # W[post, pre]
        self.tau_s, self.tau_m, self.dt = tau_s, tau_m, dt
        self.r_max, self.theta = r_max, theta
        self.I = bm.Variable(bm.zeros(len(W)))      # currents / 电流
        self.r = bm.Variable(bm.zeros(len(W)))      # firing rates / 发放率

    def g(self, I):
        # The f-I curve: the rate that a constant current I gives. It is r_max/2 at I = theta.
        # f-I 曲线：恒定电流 I 产生的发放率。I = theta 时为 r_max/2。
        square = bm.maximum(I, 0.) ** 2
        return self.r_max * square / (self.theta ** 2 + square)

    def synapse(self, I, spikes, x):
        # spikes: how many spikes each neuron sends in this step; mostly 0, sometimes 1. / 每个神经元在这一步发出的脉冲数。
        # The delta function has the area 1. How high is a pulse that lasts one step dt and has the area 1?
        # delta 函数的面积是 1。时间离散成步长 dt 之后，只持续一步而面积为 1 的函数有多高？
        W, tau_s, dt = self.W, self.tau_s, self.dt

        # >>>>>> BLANK 1 / 填空 1: I after one step of Euler's method / 欧拉法走一步之后的 I
        I_new = ...
        # <<<<<<
        if I_new is ...:
            raise NotImplementedError('blank 1 is still open: I_new in synapse / 填空 1 还没有填：synapse 里的 I_new')
        return I_new

    def firing_rate_model(self, r, x):
        W, g, tau_m = self.W, self.g, self.tau_m

        # >>>>>> BLANK 2 / 填空 2: dr/dt, if tau_s is much smaller than tau_m / tau_s 远小于 tau_m 时的 dr/dt
        dr = ...
        # <<<<<<
        if dr is ...:
            raise NotImplementedError('blank 2 is still open: dr / 填空 2 还没有填：dr')
        return dr

    def current_model(self, I, x):
        W, g, tau_s = self.W, self.g, self.tau_s

        # >>>>>> BLANK 3 / 填空 3: dI/dt, if tau_m is much smaller than tau_s / tau_m 远小于 tau_s 时的 dI/dt
        dI = ...
        # <<<<<<
        if dI is ...:
            raise NotImplementedError('blank 3 is still open: dI / 填空 3 还没有填：dI')
        return dI

    def update(self, x):
        # Take the values before the step first. / 先取出这一步之前的值。
        I, r, dt = self.I.value, self.r.value, self.dt
        if self.model == 'filter':          # spikes in, a current out; x are the spikes / 输入脉冲，输出电流；x 是脉冲
            self.I.value = self.synapse(I, x, 0.)
        elif self.model == 'full':          # a neuron with rate r sends r dt spikes in a step, on average
            self.I.value = self.synapse(I, r * dt, x)   # 发放率为 r 的神经元平均每步发出 r dt 个脉冲
            self.r.value = r + dt / self.tau_m * (-r + self.g(I))
        elif self.model == 'firing-rate':
            self.r.value = r + dt * self.firing_rate_model(r, x)
        elif self.model == 'current':
            self.I.value = I + dt * self.current_model(I, x)
            self.r.value = self.g(self.I.value)


def run(net, inputs):
    runner = bp.DSRunner(net, monitors=['I', 'r'], dt=net.dt, progress_bar=False)
    runner.run(inputs=inputs)
    return runner.mon


# %% [markdown]
# ## One spike
# ## 一个脉冲
#
# The current jumps to 1/tau_s and decays with the time constant tau_s. Its area is 1, for any dt.
# 电流跳到 1/tau_s，再以时间常数 tau_s 衰减。它的面积是 1，与 dt 无关。

# %%
tau_s = 5.
for dt in (0.5, 0.1):
    spikes = np.zeros((round(60 / dt), 1))
    spikes[0] = 1
    I = run(RateNetwork('filter', [[1.]], tau_s, 20., dt), spikes)['I'][:, 0]
    print(f'dt {dt}:   peak {I.max():.3f} (1/tau_s = {1 / tau_s:.3f})   area {I.sum() * dt:.3f}')

# %% [markdown]
# ## Step 1: many spikes, and the rate in their place
# ## 第一步：许多脉冲，以及用发放率代替它们
#
# All 1000 neurons fire with the rate nu(t), at random times. One current comes from 10 of them, the other from all 1000.
# 1000 个神经元都以发放率 nu(t) 随机发放。一个电流来自其中的 10 个，另一个来自全部 1000 个。

# %%
dt, K = 0.5, 1000
t = dt * np.arange(1, 801)
nu = 0.02 * (1 + 0.8 * np.sin(2 * np.pi * t / 200))
rng = np.random.default_rng(0)
rates = np.repeat(nu[:, None], K, axis=1)
spikes = (rng.random(rates.shape) < rates * dt).astype(float)

W = np.full((2, K), 50 / K)
W[0] = np.where(np.arange(K) < 10, 50 / 10, 0)
from_spikes = run(RateNetwork('filter', W, 10., 20., dt), spikes)['I']
from_rates = run(RateNetwork('filter', W, 10., 20., dt), rates * dt)['I']

plt.figure()
plt.plot(t, from_spikes[:, 0], color='0.75', label='spikes of 10 neurons')
plt.plot(t, from_spikes[:, 1], label='spikes of 1000 neurons')
plt.plot(t, from_rates[:, 1], 'k--', label='rates')
plt.ylim(0, 3.8)
plt.xlabel('time t (ms)')
plt.ylabel('current I')
plt.legend(ncol=3, loc='upper center', fontsize='small')
plt.show()

# %% [markdown]
# ## Step 2: two equations, and one
# ## 第二步：两个方程与一个方程
#
# A recurrent network gets a pulse of input. Each limit agrees with the full model on its own side.
# 一个循环网络得到一段输入。每种极限只在自己的一侧与完整模型一致。

# %%
n, dt = 10, 0.1
t = dt * np.arange(1, 1201)
W = rng.normal(3 / n, 12 / np.sqrt(n), (n, n))
x = np.where((t > 10) & (t < 70), 1., 0.)[:, None] * rng.uniform(0.5, 1.5, n)
models = {'full': ('0.75', '-', 6), 'firing-rate': ('C0', '-', 1.5), 'current': ('C1', '--', 1.5)}

fig, axes = plt.subplots(1, 2, sharey=True, figsize=(9, 3.8), layout='constrained')
for ax, (tau_s, tau_m) in zip(axes, [(1., 20.), (20., 1.)]):
    r = {model: run(RateNetwork(model, W, tau_s, tau_m, dt), x)['r'] for model in models}
    for model, (color, style, width) in models.items():
        ax.plot(t, 1000 * r[model].mean(1), style, color=color, lw=width, label=f'{model} model')
    for model in ('firing-rate', 'current'):
        error = 1000 * np.abs(r[model] - r['full']).max()
        print(f'tau_s {tau_s:2.0f}, tau_m {tau_m:2.0f}:   largest error of the {model} model {error:5.1f} Hz')
    ax.set_title(f'tau_s = {tau_s:g} ms, tau_m = {tau_m:g} ms')
    ax.set_xlabel('time t (ms)')
axes[0].set_ylabel('mean rate r (Hz)')
fig.legend(*axes[0].get_legend_handles_labels(), loc='outside upper center', ncol=3, fontsize='small')
plt.show()
