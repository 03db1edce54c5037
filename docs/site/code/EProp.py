import matplotlib.pyplot as plt
import optax

import ratezoo
from ratezoo.tasks import tasks

task = tasks['FlipFlop'](T=40)
x, y, alpha = task.trials(32, seed=0)
result = ratezoo.compare(
    ['EProp', 'BPTT'],
    ratezoo.LSTM,
    x,
    y,
    alpha,
    settings=dict(n_in=3, n=24, n_out=3),
    updates=250,
    optimizer=optax.adam(5e-3),
    runs=2,
    progress=False,
)
figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.4), layout='constrained')
for name, style in (('EProp', '-'), ('BPTT', '--')):
    report = result[name]
    left.semilogy(report.loss, style, label=name)
    right.plot(report.measured, report.cosine, style, marker='.', label=name)
left.set(xlabel='update', ylabel='loss $l$')
right.set(xlabel='update', ylabel='cosine with the exact gradient', ylim=(0, 1.05))
left.legend(frameon=False)
for ax in (left, right):
    ax.spines[['top', 'right']].set_visible(False)
