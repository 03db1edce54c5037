"""What the papers say about the models of models/spiking.py."""

import functools

import numpy as np
from scipy.linalg import expm

import ratezoo
from claims.base import claim


@claim(
    'SpikingPopulation',
    'rate at 3 nA, Hz',
    1000 / (2 + 20 * np.log(2)),
    0.63,
    'closed form (Dayan & Abbott 2001, 5.11)',
)
def firing():
    net = ratezoo.SpikingPopulation(200, seed=0)
    return ratezoo.simulate(net, 1000.0, 3.0, monitors=['rate'], transient=200.0).mon['rate'].mean()


@claim(
    'SpikingPopulation',
    'largest error of a filtered spike train, as a share of its largest value',
    0.0,
    1e-3,
    'convolution with K(t) = e^(−t/τ_s)/τ_s (Dayan & Abbott 2001, sec. 7.2)',
)
def filtered():
    net = ratezoo.SpikingPopulation((1, 1), W=[[0.0, 0.0], [1.0, 0.0]], seed=0)
    mon = ratezoo.simulate(net, inputs=np.tile([3.0, 0.0], (2000, 1)), monitors=['spike', 'I_syn']).mon
    train, kernel = np.asarray(mon['spike'])[:, 0], np.exp(-0.1 * np.arange(2000) / 5) / 5
    expected = np.convolve(train, kernel)[:2000]
    return np.abs(np.asarray(mon['I_syn'])[:, 1] - expected).max() / expected.max()


_NEURON = dict(tau=15.0, V_rest=-68.0, V_reset=-62.0, V_th=-48.0, R=9.0, t_ref=1.5)
_W = np.array([[0.0, 4.0, -9.0], [3.0, 0.0, -6.0], [5.0, 2.0, 0.0]])


def _by_matrix_exponential(x, V, tau_s, delay, dt=0.1):
    """V (T, 3) and spikes (T, 3) of two excitatory neurons and an inhibitory one; x (T, 3) is constant over a step.

    Between spikes V − V_rest, I and x obey a linear equation: a step multiplies them by one matrix exponential.
    """
    tau, V_rest, V_reset, V_th, R, t_ref = _NEURON.values()
    step = expm(dt * np.array([[-1 / tau, R / tau, 0], [0, -1 / tau_s, 1 / tau_s], [0, 0, 0]]))
    I, last, spikes, potentials = np.zeros(3), np.full(3, -np.inf), [], []
    for k, x_k in enumerate(x):
        above, I, _ = step @ [V - V_rest, I, x_k]
        V = np.where((k - last) * dt <= t_ref + dt / 2, V_reset, above + V_rest)
        fires = V_th <= V
        V, last = np.where(fires, V_reset, V), np.where(fires, k, last)
        spikes.append(fires)
        potentials.append(V)
        if k >= delay:
            I = I + _W @ spikes[k - delay] / tau_s
    return np.array(potentials), np.array(spikes)


@functools.cache
def _both(tau_s, delay):
    """The run of the model, and the expected potentials and spikes."""
    V0, t = np.array([-65.0, -55.0, -60.0]), 0.1 * np.arange(1500)
    x = np.stack([3.0 + np.sin(t / 9), 2.5 + np.cos(t / 14)], 1)  # one input for each group
    neuron = ratezoo.curves.LIF(**_NEURON)
    net = ratezoo.SpikingPopulation((2, 1), W=_W, neuron=neuron, tau_s=tau_s, delay=delay, V0=V0, seed=0)
    mon = ratezoo.simulate(net, inputs=x, monitors=['V', 'spike', 'rate']).mon
    V, spikes = _by_matrix_exponential(x[:, [0, 0, 1]], V0, tau_s, delay)
    assert spikes.sum(0).min() > 3
    return mon, V, spikes


for _what, _tau_s, _delay in (
    ('τ_s = 4 ms and a delay of 7 steps', 4.0, 7),
    ('τ_s = τ and no delay', 15.0, 0),
):
    claim(
        'SpikingPopulation',
        f'largest error of V in 150 ms of three coupled neurons, mV: {_what}',
        0.0,
        1e-6,
        'Eqs. (1) and (2) (Dayan & Abbott 2001, secs. 5.4 and 7.2), by the matrix exponential of scipy',
    )(lambda tau_s=_tau_s, delay=_delay: np.abs(_both(tau_s, delay)[0]['V'] - _both(tau_s, delay)[1]).max())


@claim(
    'SpikingPopulation',
    'largest error of the rate of a group in a step, Hz',
    0.0,
    1e-6,
    "the spikes of a group in a step over its number of neurons and the step's length",
)
def counted():
    mon, _, spikes = _both(4.0, 7)
    expected = np.stack([spikes[:, :2].sum(1) / 2, spikes[:, 2]], 1) / 1e-4
    return np.abs(mon['rate'] - expected).max()


@claim(
    'SpikingPopulation',
    'V 10 ms after −60 mV, without any input, mV: it decays to −70 mV with τ = 20 ms',
    -70 + 10 * np.exp(-0.5),
    1e-6,
    'closed form of Eq. (2)',
)
def decays():
    net = ratezoo.SpikingPopulation(2, V0=-60.0, seed=0)
    ratezoo.Runner(net, progress_bar=False).run(10.0)
    return float(net.V[0])


@functools.cache
def _poisson_current():
    """The filtered current of 500 sources at 10 Hz, each spike 1 nA·ms, of 300 neurons, without the first 50 ms."""
    neuron = ratezoo.curves.LIF(V_th=1e6)  # never fires
    net = ratezoo.SpikingPopulation(
        300, neuron=neuron, poisson_sources=500, poisson_rate=10.0, poisson_weight=1.0, seed=0
    )
    return ratezoo.simulate(net, 500.0, 0.0, monitors=['I_ext'], transient=50.0).mon['I_ext']


@claim(
    'SpikingPopulation',
    'mean current of 500 Poisson sources at 10 Hz, 1 nA·ms a spike, nA',
    5.0,
    0.08,
    "K w r (Campbell's theorem)",
)
def shot_noise():
    return _poisson_current().mean()


@claim(
    'SpikingPopulation',
    'standard deviation of this current, nA',
    (5 / 10) ** 0.5,
    0.015,
    "w √(K r/2τ_s) (Campbell's theorem)",
)
def shot_noise_deviation():
    return _poisson_current().std()


EQUIVALENT = {
    'SpikingPopulation.update: 1e-06 → 1.1e-06': 'the two formulas agree where they meet',
    'SpikingPopulation.update: abs(self.tau_s / neuron.tau - 1) → (lambda _f: _f + 0.1 * _f ** 2)'
    '(abs(self.tau_s / neuron.tau - 1))': 'near 0 it is as small as before',
    'SpikingPopulation.update: 0 → 0.1': 'it is compared with a whole number of steps',
    **dict.fromkeys(
        [f'SpikingPopulation._checked_input: x → -x (no. {k})' for k in (3, 4, 5)],
        'only the shape of x is read, or whether it is finite',
    ),
    'SpikingPopulation._arriving: self.clock.value + 1 → self.clock.value - 1': (
        'the rows of the ring are used in the other direction, each one again after the delay'
    ),
    'SpikingPopulation.dtype: self.V → 1.1 * self.V': 'has the same dtype',
}
