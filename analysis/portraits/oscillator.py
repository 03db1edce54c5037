"""What the portraits of models/oscillator.py show beside a run."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from ratezoo.analysis.planes import phase_plane
from ratezoo.analysis.portraits.runs import is_single, responses
from ratezoo.analysis.sweeps import sweep
from ratezoo.errors import RateZooError


def resonance(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """The resonance curve of DrivenOscillator, by its closed form.

    'omega': (K,); 'amplitude': (K,) of the steady motion; 'lag': (K,), in radians. 'here': ω, amplitude and lag of the
    run; None without friction, because then the free oscillation does not decay.
    """
    if not is_single(net, mon, ('s', 'v', 'phase')):
        return {}
    free = float(np.sqrt(net.k / net.m))
    omega = np.linspace(0.0, 1.25 * max(2 * free, float(net.omega)), 401)[1:]
    with np.errstate(divide='ignore'):
        responses = []
        for value in omega:
            with net.with_constants({'omega': value}):
                responses.append(net.response())
        amplitude, lag = np.array(responses).T
        here = (float(net.omega), *net.response()) if net.c > 0 else None
    return {'omega': omega, 'amplitude': amplitude, 'lag': lag, 'here': here, 'free': free}


def excitability(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """How often Morris and Lecar's neuron fires at a constant current, with the constants of both classes.

    'I': (K,), in µA/cm²; 'class I', 'class II': the rates (K,), in Hz. 'here': the current and the rate of the run in
    its second half, or None if its current changes. 'plane': the `PhasePlane` of class I at the current 'below', where
    it rests; 'path': the one spike that it fires there after a push, (T, 2).
    """
    if not is_single(net, mon, ('V', 'w')):
        return {}
    I = np.linspace(20.0, 110.0, 91)
    rates = {}
    for name, changed in (('class I', type(net).class_one), ('class II', {})):
        constants = {k: [changed.get(k, type(net).constants[k].default)] for k in type(net).class_one}
        try:
            swept = sweep(net, {'I': I, **constants}, measure=_rate, duration=1000.0, transient=300.0)
        except RateZooError:
            return {}
        rates[name] = swept.values.ravel() / float(net.dt) * 1000
    x = np.zeros((1, 1)) if inputs is None else np.asarray(inputs, float)
    V = np.asarray(mon['V'], float)[len(mon['ts']) // 2 :]
    step = float(mon['ts'][1] - mon['ts'][0])
    here = None if np.ptp(x) > 0 or len(V) < 2 else (float(net.I + x[-1, 0]), float(_rate(V)) / step * 1000)
    below = 37.0
    one = type(net)(**type(net).class_one, I=below, method=net.method, dt=float(net.dt), seed=0)
    spike = responses(one, np.zeros((round(200.0 / float(net.dt)), 1)), {'V': np.array([-15.0]), 'w': np.zeros(1)})
    plane = phase_plane(one, None, ((-75.0, 50.0), (0.0, 0.6)))
    path = np.stack([spike[s][:, 0] for s in ('V', 'w')], 1)
    return {'I': I, **rates, 'here': here, 'below': below, 'plane': plane, 'path': path}


def _rate(V):
    """The spikes per step in a course of the potential (T, 1): upward crossings of 0 mV, between the first and the
    last."""
    V = jnp.asarray(V)[:, 0]
    up = (V[:-1] < 0) & (V[1:] >= 0)
    first, last = jnp.argmax(up), len(up) - 1 - jnp.argmax(up[::-1])
    return jnp.where(up.sum() > 1, (up.sum() - 1) / jnp.maximum(last - first, 1), 0.0)
