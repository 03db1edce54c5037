# %% [markdown]
# # A driven oscillator by Euler's method
# # 用欧拉法计算受迫振子
#
# A mass m on a spring k, driven by a periodic force, obeys
# 弹簧（劲度系数 k）上的质量 m 受周期力驱动，满足
#
#     m d2s/dt2 = -k s + A cos(t)
#
# Euler's method needs equations of first order, ds/dt = g(s, t). So the velocity v = ds/dt becomes a second unknown:
# the equation above becomes two equations of first order, one for s and one for v.
# 欧拉法需要一阶方程 ds/dt = g(s, t)。因此把速度 v = ds/dt 也当作未知量：上面的方程变成两个一阶方程，一个是 s 的，一个是 v 的。
#
# With the step h (in the code: dt), Euler's method is
# 步长为 h（代码中是 dt）的欧拉法是
#
#     s(t + h) = s(t) + h g(s(t), t)
#
# Everything on the right side has its value before the step. / 右边所有的量都取这一步之前的值。
#
# **Your task / 你的任务**: replace the three dots `...` in the three blanks.
# 把三处填空中的三个点 `...` 换成你的公式。
#
# Then ask for a verdict / 然后检查你的答案:  `ratezoo homework check FILE`

# %%
import brainpy as bp
import brainpy.math as bm
import matplotlib.pyplot as plt
import numpy as np


# %%
class Oscillator(bp.DynamicalSystem):
    def __init__(self, dt, m=1., k=4., A=1., s0=1., v0=0.):
        super().__init__()
        self.dt, self.m, self.k, self.A = dt, m, k, A
        self.s = bm.Variable(bm.ones(1) * s0)       # position / 位置
        self.v = bm.Variable(bm.ones(1) * v0)       # velocity ds/dt / 速度
        self.t = bm.Variable(bm.zeros(1))           # time / 时间

    def derivatives(self, s, v, t):
        m, k, A = self.m, self.k, self.A            # the cosine is bm.cos / 余弦是 bm.cos

        # >>>>>> BLANK 1 / 填空 1: ds/dt and dv/dt / ds/dt 与 dv/dt
        ds = ...
        dv = ...
        # <<<<<<
        if ds is ... or dv is ...:
            raise NotImplementedError('blank 1 is still open: ds and dv / 填空 1 还没有填：ds 和 dv')
        return ds, dv

    def update(self):
        # The values BEFORE the step. Take them first: after `self.v.value = ...` the same `self.v` is the new velocity.
        # 这一步之前的值。要先取出来：执行 `self.v.value = ...` 之后 `self.v` 就已经是新的速度。
        s, v, t, dt = self.s.value, self.v.value, self.t.value, self.dt
        ds, dv = self.derivatives(s, v, t)

        # >>>>>> BLANK 2 / 填空 2: position, velocity and time after one step of Euler's method / 欧拉法走一步之后的位置、速度和时间
        s_new = ...
        v_new = ...
        t_new = ...
        # <<<<<<
        if s_new is ... or v_new is ... or t_new is ...:
            raise NotImplementedError('blank 2 is still open: s_new, v_new, t_new / 填空 2 还没有填：s_new、v_new、t_new')

        self.s.value = s_new
        self.v.value = v_new
        self.t.value = t_new

    def order(self, steps, errors):
        # If the error is C h**p, then log(error) is a straight line over log(h). Its slope is the order p. np.polyfit can
        # find it. / 如果误差是 C h**p，那么 log(误差) 是 log(h) 的一条直线，斜率就是阶 p。可以用 np.polyfit 求出。
        steps, errors = np.asarray(steps), np.asarray(errors)

        # >>>>>> BLANK 3 / 填空 3: the order p, from the steps h and the errors / 由步长 h 和误差求阶 p
        slope = ...
        # <<<<<<
        if slope is ...:
            raise NotImplementedError('blank 3 is still open: slope in order / 填空 3 还没有填：order 里的 slope')
        return slope


def run(net, duration):
    """Times, positions and velocities after each step. / 每一步之后的时间、位置和速度。"""
    runner = bp.DSRunner(net, monitors=['s', 'v'], dt=net.dt, progress_bar=False)
    # DSRunner makes int(duration / dt) steps, and 0.3 / 0.1 is 2.9999...: half a step more makes the number sure.
    # DSRunner 走 int(duration / dt) 步，而 0.3 / 0.1 是 2.9999…：多给半步，步数就不会少一步。
    runner.run(duration + 0.5 * net.dt)
    s, v = runner.mon['s'][:, 0], runner.mon['v'][:, 0]
    return net.dt * np.arange(1, len(s) + 1), s, v


def solution(t, m=1., k=4., A=1., s0=1., v0=0.):
    """The exact s(t), for k/m other than 1. / 精确解 s(t)，k/m 不等于 1。"""
    a, omega = A / (k - m), np.sqrt(k / m)
    return (s0 - a) * np.cos(omega * t) + v0 / omega * np.sin(omega * t) + a * np.cos(t)


# %% [markdown]
# ## Euler's method and the exact solution
# ## 欧拉法与精确解

# %%
plt.figure()
for dt, style in ((0.1, 'C1--'), (0.01, 'C0')):
    t, s, v = run(Oscillator(dt), 12.)
    plt.plot(t, s, style, label=f'Euler, h = {dt}')
plt.plot(t, solution(t), 'k:', label='exact')
plt.xlabel('time t')
plt.ylabel('position s')
plt.legend(ncol=3, loc='upper center', fontsize='small')
plt.ylim(-7, 8)
plt.show()

# %% [markdown]
# ## How the error falls with the step
# ## 误差怎样随步长减小

# %%
steps = np.array([0.03, 0.01, 0.003, 0.001])
errors = []
for dt in steps:
    t, s, v = run(Oscillator(dt), 4.)
    errors.append(np.abs(s - solution(t)).max())
slope = Oscillator(0.1).order(steps, errors)
print(f'order of the method: {slope:.2f}')

plt.figure()
plt.loglog(steps, errors, 'o', label='largest error of s')
plt.loglog(steps, errors[-1] * (steps / steps[-1]) ** slope, label=f'slope {slope:.2f}')
plt.xlabel('step h')
plt.ylabel('error')
plt.legend()
plt.show()

# %% [markdown]
# ## Without the drive: the energy
# ## 没有外力时的能量
#
# With A = 0 the energy m v^2/2 + k s^2/2 should stay constant. Euler's method multiplies it by 1 + h^2 k/m in each step. (Can you
# show this from your formulas?)
# A = 0 时能量 m v^2/2 + k s^2/2 应当不变。欧拉法每一步都使它乘以 1 + h^2 k/m。（你能由自己的公式证明吗？）

# %%
dt, m, k = 0.05, 1., 4.
t, s, v = run(Oscillator(dt, m, k, A=0.), 20.)
energy = m * v ** 2 / 2 + k * s ** 2 / 2
print(f'energy after one step / before it: {energy[1] / energy[0]:.4f}   1 + h^2 k/m: {1 + dt ** 2 * k / m:.4f}')

plt.figure()
plt.semilogy(t, energy, label='Euler')
plt.semilogy(t, k / 2 * (1 + dt ** 2 * k / m) ** (t / dt), 'k--', label='E_0 (1 + h^2 k/m)^(t/h)')
plt.axhline(k / 2, color='C2', ls=':', label='exact')
plt.xlabel('time t')
plt.ylabel('energy')
plt.legend()
plt.show()

# %% [markdown]
# ## Resonance: k/m = 1
# ## 共振：k/m = 1
#
# The force has the oscillator's own frequency omega = 1. The amplitude grows without end, as A t/(2 m omega).
# 外力的频率等于振子自己的频率 omega = 1。振幅不断增大：A t/(2 m omega)。

# %%
t, s, v = run(Oscillator(0.001, m=1., k=1., A=1., s0=0.), 40.)
plt.figure()
plt.plot(t, s, label='Euler, h = 0.001')
plt.plot(t, t / 2, 'k--', label='A t / (2 m omega)')
plt.plot(t, -t / 2, 'k--')
plt.xlabel('time t')
plt.ylabel('position s')
plt.legend()
plt.show()
