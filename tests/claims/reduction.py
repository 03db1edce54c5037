"""What the papers say about the models of models/reduction.py."""

import numpy as np

import ratezoo
from claims.base import claim, run
from claims.integration import by_euler, levels

_W = np.array([[0.2, 0.5], [-0.4, 0.1]])
_INPUTS = levels([0.3, 0.6], [-0.8, 0.4], [1.0, -0.5], steps=100)
_TAU_S, _TAU_M = 4.0, 7.0
_PRINTED = {  # dy/dt of the state y and the input x, and r of y: Dayan & Abbott 2001, sec. 7.2, with g = tanh
    'SynapticRate': (
        lambda y, x: np.concatenate([(-y[:2] + _W @ y[2:] + x) / _TAU_S, (-y[2:] + np.tanh(y[:2])) / _TAU_M]),
        lambda y: y[2],
    ),
    'FiringRate': (lambda r, x: (-r + np.tanh(_W @ r + x)) / _TAU_M, lambda r: r[0]),
    'SynapticCurrent': (lambda I, x: (-I + _W @ np.tanh(I) + x) / _TAU_S, lambda I: np.tanh(I[0])),
}
_TIMES = {'SynapticRate': dict(tau_s=_TAU_S, tau_m=_TAU_M), 'FiringRate': dict(tau_m=_TAU_M)}
_TIMES['SynapticCurrent'] = dict(tau_s=_TAU_S)
_SYMBOLS = {'tau_s': 'τ_s', 'tau_m': 'τ_m'}
_START = {'SynapticRate': {'I': [0.5, -0.2], 'r': [0.1, 0.3]}}
_STEP = {  # the rate at the time 10 after a step of the current; W = 0 and g linear, τ_s = 4, τ_m = 7
    'SynapticRate': 1 - (7 * np.exp(-10 / 7) - 4 * np.exp(-10 / 4)) / 3,
    'FiringRate': 1 - np.exp(-10 / 7),
    'SynapticCurrent': 1 - np.exp(-10 / 4),
}


def _rate(net, r0, inputs):
    """The rate of the first unit at the end of a run."""
    mon = run(net, None, list(net.states), r0, inputs)
    last = {s: mon[s][-1] for s in net.states}
    return float(np.asarray(last['r'] if 'r' in last else net.output(last['I'], net.params_dict()))[0])


for _name, (_field, _read) in _PRINTED.items():

    def _by_hand(name=_name, field=_field, read=_read):
        start = np.concatenate(list(_START[name].values())) if name in _START else [0.5, -0.2]
        return read(by_euler(field, start, _INPUTS))

    def _course(name=_name):
        net = getattr(ratezoo, name)(2, W=_W, g='tanh', **_TIMES[name])
        return _rate(net, _START.get(name, [0.5, -0.2]), _INPUTS)

    def _after_step(name=_name):
        net = getattr(ratezoo, name)(1, W=0.0, g='linear', dt=0.01, **_TIMES[name])
        return _rate(net, None, np.ones((1000, 1)))

    def _rest(name=_name):
        net = getattr(ratezoo, name)(2, W=_W, g='tanh')
        return float(net.output(net.relax(np.array([0.3, 0.6]), solver='newton').r, net.params_dict())[0])

    def _root():
        r = np.zeros(2)
        for _ in range(500):
            r = np.tanh(_W @ r + [0.3, 0.6])
        return r[0]

    _times = ', '.join(f'{_SYMBOLS[k]} = {v:g}' for k, v in _TIMES[_name].items())
    claim(
        _name,
        f'rate of the first of two units at t = 30, {_times}, in steps of 0.1; other inputs after each 10',
        _by_hand,
        1e-10,
        "Dayan & Abbott 2001, sec. 7.2, Euler's recursion in NumPy",
    )(_course)
    claim(
        _name,
        f'rate at the time 10 after a step of the current to 1; W = 0, g linear, {_times}, Δt = 0.01',
        _STEP[_name],
        1e-3,
        'closed form of the linear filters (Dayan & Abbott 2001, sec. 7.2)',
    )(_after_step)
    claim(_name, 'rate at rest of a unit of two, r = g(W r + x)', _root, 1e-6, 'Dayan & Abbott 2001, sec. 7.2')(_rest)
