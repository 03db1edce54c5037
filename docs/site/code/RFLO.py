import matplotlib.pyplot as plt
import numpy as np
import optax

import ratezoo

x = np.zeros((100, 1))
y = np.stack([np.sin(2 * np.pi * np.arange(100) / 50), np.sin(4 * np.pi * np.arange(100) / 50)], 1)
r0 = np.random.default_rng(0).normal(size=50)
figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.7), layout='constrained')
for rule, feedback, style in (('RFLO', 'symmetric', '-'), ('RFLO', 'random', '-.'), ('BPTT', None, '--')):
    report = ratezoo.compare(
        [rule],
        ratezoo.RateRNN,
        x,
        y,
        r0=r0,
        settings=dict(n=50, n_out=2, g=1.2),
        options={'RFLO': {'feedback': feedback}} if feedback else None,
        updates=400,
        optimizer=optax.adam(2e-3),
        every=20,
        runs=2,
        progress=False,
    )[rule]
    label = f'{rule}, {feedback} feedback' if feedback else rule
    left.semilogy(report.loss, style, label=label)
    right.plot(report.measured, report.cosine, style, marker='.', label=label)
left.set(xlabel='update', ylabel='loss $l$')
right.set(xlabel='update', ylabel='cosine with the exact gradient', ylim=(-0.1, 1.05))
figure.legend(*left.get_legend_handles_labels(), loc='outside upper center', ncols=3, frameon=False)
for ax in (left, right):
    ax.spines[['top', 'right']].set_visible(False)
