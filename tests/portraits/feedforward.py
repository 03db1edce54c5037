"""What the pictures of models/feedforward.py must show."""

import numpy as np

from portraits.base import axes_labelled, labels, shows


def weights_of(net):
    return [np.asarray(net.params_dict()[f'W{k}'], float) for k in range(1, len(net.layer_sizes))]


def curves(ax):
    return np.array([line.get_ydata() for line in ax.lines if len(line.get_xydata()) > 20])


@shows('FeedforwardRate')
def forward_and_backward(fig, net, run):
    L = len(net.layer_sizes) - 1
    names = [*(f'layer {k}' for k in range(1, L)), 'output']
    left = [next(ax for ax in axes_labelled(fig, name) if ax.get_ylabel().startswith(name)) for name in names]
    right = [axes_labelled(fig, f'error $v_{k}$')[0] for k in range(1, L + 1)]
    assert len({ax.lines[0].get_color() for ax in left}) == L  # a colour for each layer
    states = np.asarray(run.mon['r'])
    assert np.allclose(np.concatenate([curves(ax) for ax in left]).T, states)
    errors = back_propagation(net, run)
    for ax, error in zip(right, errors, strict=True):
        assert np.allclose(curves(ax)[:, 0], 0)
        assert np.allclose(curves(ax)[:, -1], error, atol=0.01 * np.abs(error).max())  # v has settled at the gradient,
        marks = np.concatenate(
            [line.get_ydata() for line in ax.lines if line.get_marker() == '<' and len(line.get_xdata())]
        )
        assert np.allclose(marks, error, atol=1e-4)  # and the marks are the closed form
    half_way(axes_labelled(fig, 'half-way time')[0])
    assert {'Forward ↓: the activity $r$ settles', 'Backward ↑: the error $v$ settles'} <= set(labels(fig))
    assert np.ptp(axes_labelled(fig, 'input')[0].lines[0].get_ydata()) == 1  # the input comes during the run


def half_way(ax):
    """Forward each layer needs longer than the one below it, backward than the one above it."""
    forward, backward = [line.get_ydata() for line in ax.lines]
    assert (np.diff(forward) > 0.3).all()
    assert (np.diff(backward) < -0.3).all()
    assert abs(forward[0] - np.log(2)) < 0.15  # the first layer relaxes exponentially; Euler steps of 0.1
    assert abs(backward[-1] - np.log(2)) < 0.15


def back_propagation(net, run):
    """The errors of the layers by the chain rule of the perceptron, for l = ½ (y − o)² with the target 1 or −1."""
    W, h = weights_of(net), [run.inputs[-1]]
    for one in W[:-1]:
        h.append(np.tanh(one @ h[-1]))
    output = W[-1] @ h[-1]
    errors = [output - np.where(output < 0.5, 1.0, -1.0)]
    errors.insert(0, errors[0] @ W[-1])
    for one, activity in zip(reversed(W[1:-1]), reversed(h[2:]), strict=True):
        errors.insert(0, (errors[0] * (1 - activity**2)) @ one)
    return errors


@shows('PenalisedPerceptron')
def penalty(fig, net, run):
    assert np.array_equal(axes_labelled(fig, 'input')[0].lines[0].get_ydata(), run.inputs[:, 0])
    states = np.asarray(run.mon['r'])
    hidden, output = axes_labelled(fig, 'hidden')[0], [ax for ax in axes_labelled(fig, 'output') if ax.lines]
    assert np.allclose(curves(hidden).T, states[:, :-1])
    assert np.allclose(curves(output[0])[0], states[:, -1])
    (paths,) = axes_labelled(fig, 'weight')
    mu = paths.lines[0].get_xdata()
    trained = np.array([line.get_ydata() for line in paths.lines if len(line.get_xdata()) == len(mu)])
    assert len(trained) == sum(w.size for w in weights_of(net))
    sizes = np.linalg.norm(trained, axis=0)
    assert sizes[-1] < 0.01 * sizes[0]  # a strong penalty makes all weights small
    (errors,) = axes_labelled(fig, 'loss, penalty')
    loss, new, s = [line.get_ydata() for line in errors.lines[:3]]
    assert np.allclose(s, mu / 2 * sizes**2, rtol=1e-3)
    assert loss[0] < 0.3 * loss[-1]  # it costs loss on the points,
    assert new.min() < 0.75 * min(new[0], new[-1])  # but a weak one helps on new points
    fits = {line.get_label(): line.get_ydata() for line in output[1].lines if len(line.get_xdata()) == 200}
    assert len(fits) == 4  # the truth and three penalties
    assert np.allclose(fits['the truth'], np.sin(np.pi * np.linspace(-1, 1, 200)))
    assert np.ptp(fits['$\\mu$ = 1']) < 0.05  # with a strong penalty the output is constant
