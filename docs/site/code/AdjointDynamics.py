import matplotlib.pyplot as plt
import numpy as np

import ratezoo


class Net(ratezoo.AdjointDynamics, ratezoo.RateRNN):
    """r settles at the answer, v at the gradient."""


class Exact(ratezoo.ImplicitGradient, ratezoo.RateRNN):
    """Gives v by a linear system."""


x, y = np.array([1.0, -0.5]), np.array([0.5])
net, exact = Net(2, 4, 1, g=0.9, seed=3, dt=0.1), Exact(2, 4, 1, g=0.9, seed=3, dt=0.1)
net.set_target(y)
run = ratezoo.simulate(net, inputs=np.tile(x, (250, 1)), monitors=['r', 'v'])
r = exact.relax(x).r
slope = net.W_out.value.T @ (net.output(r, net.params_dict()) - y)
v = -np.linalg.solve(np.asarray(exact.jacobian(r, x)).T, slope)

figure, axes = plt.subplots(2, 1, figsize=(7, 4.2), sharex=True, layout='constrained')
for ax, name, end, label in zip(axes, 'rv', (r, v), ('rates $r$', 'adjoint $v$'), strict=True):
    ax.plot(run['ts'], run[name])
    ax.plot(np.full(4, run['ts'][-1] + 0.6), end, '<', color='black', clip_on=False)
    ax.set_ylabel(label)
    ax.spines[['top', 'right']].set_visible(False)
axes[0].plot([], [], '<', color='black', label=r'$r^*$ by Newton, $v^* = -(\partial l/\partial r^*)J^{-1}$')
axes[0].legend(frameon=False, loc='lower right')
axes[1].set_xlabel('time $t$')
