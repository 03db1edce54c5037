"""The numbers behind the live figures of the site. Every curve is a run of ratezoo, made when the site is built.

    python docs/site/live_data.py FOLDER [NAME …]      # writes FOLDER/<name>.js for each figure

A figure is a dict that JSON can hold:

kind : str
    The function of static/live.js that draws it.
sliders : list of dict
    Each has its symbol, its name in both languages, the values as they are shown, and the index at which it starts.
frames : list, for two sliders a list of lists
    What is drawn at each value of the slider. Its ``say`` is a list of [key of a sentence in `live_words`, number, …].
    These sentences are the text that stands for the figure.

Numbers are rounded to what the eye sees. The functions compute in double precision.
"""

import json
import sys
import time
from pathlib import Path

import brainpy.math as bm
import contourpy
import jax
import jax.numpy as jnp
import numpy as np
from live_words import WORDS

import ratezoo as rz
from ratezoo.analysis.planes import paths
from ratezoo.models.memory import STORAGE


def rounded(values, decimals):
    """Nested lists of numbers with so many decimals; None where a line breaks (NaN)."""
    if np.ndim(values):
        return [rounded(value, decimals) for value in values]
    return None if np.isnan(values) else round(float(values), decimals) + 0.0


def significant(values, digits=4):
    """Nested lists of numbers with so many significant digits."""
    return [significant(v, digits) for v in values] if np.ndim(values) else float(f'{values:.{digits - 1}e}')


def fixed(value, decimals=3):
    """A number with so many decimals, and no minus before zero."""
    return f'{round(float(value), decimals) + 0.0:.{decimals}f}'


def slider(symbol, en, zh, values, start):
    """A slider; ``start`` is one of its values, which are strings."""
    return dict(symbol=symbol, name=dict(en=en, zh=zh), values=values, start=values.index(start))


# ---- the homework ----------------------------------------------------------------------------------------------------

HORIZON = 3.0
GRID = 0.05  # of the exact curves; every Δt is a multiple of it
EPS = 1e-5  # of the finite difference
WEIGHTS = [f'{k / 10:.1f}' for k in range(-25, 16)]
STEPS = [f'{k * GRID:.2f}' for k in range(1, 21)]


class Neuron(rz.RTRL, rz.LinearRNN):
    """The network of the homework: one linear unit, and its traces p_w and p_b."""


def neuron(ws, bs, dt, steps, method='euler'):
    """r, p_w and p_b (K, steps + 1) of the neurons with the weights ws and biases bs (K,), from r_0 = e, with x = 0."""
    net = Neuron(dt=dt, method=method)

    def run(w, b):
        params = {'w': w[None, None], 'b': b[None]}

        def advance(carry, _):
            r, traces = net.advance(carry[0], params, jnp.zeros(1), carry[1])
            return (r, traces), (r, traces)

        start = jnp.full(1, jnp.e), net.initial_traces(params)
        after = jax.lax.scan(advance, start, None, steps)[1]
        return jax.tree_util.tree_map(lambda a, b: jnp.concatenate([a[None], b]).reshape(-1), start, after)

    r, traces = jax.jit(jax.vmap(run))(jnp.asarray(ws), jnp.asarray(bs))
    return np.asarray(r), np.asarray(traces['p_w']), np.asarray(traces['p_b'])


def homework():
    """r, p_w and p_b of the homework's neuron against w and Δt; the finite differences; and the limit Δt → 0.

    The limit is the same network with rk4 and Δt = 0.005, whose error is below 1e-9.
    """
    ws = np.array(WEIGHTS, float)
    fine = 10
    exact = [a[:, ::fine] for a in neuron(ws, np.ones(len(ws)), GRID / fine, round(HORIZON / GRID) * fine, 'rk4')]
    frames = []
    for every, dt in enumerate(map(float, STEPS), 1):
        steps = round(HORIZON / GRID) // every
        changed = np.concatenate([ws, ws + EPS, ws - EPS, ws, ws]), np.repeat([1, 1, 1, 1 + EPS, 1 - EPS], len(ws))
        r, p_w, p_b = (a.reshape(5, len(ws), -1) for a in neuron(*changed, dt, steps))
        d_w, d_b = (r[1] - r[2]) / (2 * EPS), (r[3] - r[4]) / (2 * EPS)
        r, p_w, p_b = r[0], p_w[0], p_b[0]
        growth = p_b[:, 2] / p_b[:, 1] - 1  # p_b,2 = (g + 1) p_b,1, where g = 1 + Δt(w − 1) is the factor of a step
        row = []
        for k in range(len(ws)):
            size = max(np.abs(p_w[k]).max(), np.abs(p_b[k]).max())
            apart = max(np.abs(p_w - d_w)[k].max(), np.abs(p_b - d_b)[k].max()) / size
            g = round(growth[k], 9)
            say = [['at', f'{steps * dt:.2f}', *(f'{v:.3g}' for v in (r[k, -1], exact[0][k, steps * every]))]]
            say += [['traces', *(f'{v:.3g}' for v in (p_w[k, -1], p_b[k, -1])), f'{apart:.0e}']]
            say += [['unstable' if g < -1 else 'edge' if g == -1 else 'alternating' if g < 0 else 'smooth', f'{g:.2f}']]
            curves = dict(r=r, p_w=p_w, p_b=p_b, d_w=d_w, d_b=d_b)
            row.append({name: significant(a[k]) for name, a in curves.items()} | {'say': say})
        frames.append(row)
    return dict(
        kind='homework',
        sliders=[
            slider('w', 'weight w', '权重 w', WEIGHTS, '1.0'),
            slider('Δt', 'time step Δt', '时间步长 Δt', STEPS, '0.10'),
        ],
        grid=GRID,
        exact=dict(zip(('r', 'p_w', 'p_b'), (significant(a) for a in exact), strict=True)),
        frames=[list(row) for row in zip(*frames, strict=True)],  # frames[w][Δt]
    )


# ---- Wilson and Cowan ------------------------------------------------------------------------------------------------

LIMITS = (-0.05, 0.55)
LOW, HIGH = (0.0, 0.0), (0.45, 0.25)  # where the two trajectories start
SHOWN = 150.0  # ms
TRANSIENT, RECORDED = 20_000.0, 1000.0  # ms; what remains after the transient is the attractor. Near a Hopf
COARSE = 0.25  # bifurcation that takes long, so these runs have a larger step (ms); the error of rk4 is below 1e-6


def nullcline(plane, which, every=3):
    """The points [E, …], [I, …] where F of one number is 0; NaN between two pieces."""
    pieces = contourpy.contour_generator(*plane.sides, plane.F[..., which]).lines(0.0)
    kept = [np.concatenate([piece[:-1:every], piece[-1:], [[np.nan, np.nan]]]) for piece in pieces]
    return rounded(np.concatenate(kept)[:-1].T, 4)


def upward(values, ts):
    """The times at which a curve crosses its middle upwards, between two samples by a straight line."""
    v = values - (values.max() + values.min()) / 2
    (k,) = np.nonzero((v[:-1] < 0) & (v[1:] >= 0))
    return ts[k] - v[k] / (v[k + 1] - v[k]) * (ts[k + 1] - ts[k])


def attractors(constants, inputs, start):
    """Where the network ends from one start, for each input: ('rest', E, I) or ('cycle', period, orbit (2, K)).

    All inputs run at once, as copies of the network.
    """
    net = rz.WilsonCowan(len(inputs), **{**constants, 'P': 0.0}, dt=COARSE)
    net.reset_state(r0={s: np.full(len(inputs), v) for s, v in zip('EI', start, strict=True)})
    x = np.tile(inputs, (round((TRANSIENT + RECORDED) / net.dt), 1))
    run = rz.simulate(net, inputs=x, transient=TRANSIENT)
    ts, found = np.asarray(run.mon.ts), []
    for E, I in zip(np.asarray(run['E']).T, np.asarray(run['I']).T, strict=True):
        if np.ptp(E) < 1e-3:
            found.append(('rest', E[-1], I[-1]))
            continue
        crossings = upward(E, ts)
        period = np.diff(crossings).mean()
        first, last = np.searchsorted(ts, crossings[0]), np.searchsorted(ts, crossings[0] + period)
        at = np.linspace(first, last, 81).astype(int)
        found.append(('cycle', period, np.array([E[at], I[at]])))
    return found


def wilson_cowan(constants, inputs, start):
    """The phase plane of `WilsonCowan` against the input P: nullclines, fixed points, two trajectories, attractors."""
    net = rz.WilsonCowan(**{**constants, 'P': 0.0})
    values = np.array(inputs, float)
    ends = [attractors(constants, values, s) for s in (LOW, HIGH)]
    frames, every = [], round(1.0 / net.dt)  # a point each ms
    for k, P in enumerate(values):
        plane = rz.phase_plane(net, [P], limits=LIMITS, points=151)
        runs = paths(net, [LOW, HIGH], SHOWN, [P])[:, ::every]
        points = [(*(p.vector + 0.0), p.stable, p.kind) for p in plane.fixed_points]
        first, second = (end[k] for end in ends)
        if first[0] == second[0] and np.isclose(first[1], second[1], rtol=1e-3, atol=1e-3):
            second, say = first, [[first[0], *_numbers(first)]]
        else:
            say = [[f'{end[0]}{which}', *_numbers(end)] for which, end in enumerate((first, second))]
        orbit = next((end[2] for end in (first, second) if end[0] == 'cycle'), None)
        frames.append(
            dict(
                E_nullcline=nullcline(plane, 0),
                points=[[*rounded(p[:2], 4), bool(p[2])] for p in points],
                paths=rounded(runs.transpose(0, 2, 1), 4),
                orbit=None if orbit is None else rounded(orbit, 4),
                # the mean of E, its least and its largest value where the run from each start ends
                ends=rounded([_extent(first), _extent(second)], 4),
                say=say + [[kind, fixed(E), fixed(I)] for E, I, _, kind in points],
            )
        )
    return dict(
        kind='plane',
        sliders=[slider('P', 'input P to E', '给 E 的输入 P', inputs, start)],
        limits=LIMITS,
        shown=SHOWN,
        I_nullcline=nullcline(plane, 1),
        frames=frames,
    )


def _numbers(end):
    """The numbers of the sentence about an attractor."""
    if end[0] == 'rest':
        return [fixed(v) for v in end[1:]]
    return [f'{end[1]:.1f}', fixed(end[2][0].min()), fixed(end[2][0].max())]


def _extent(end):
    """Mean, least and largest E of an attractor."""
    E = end[2][0] if end[0] == 'cycle' else np.array([end[1]])
    return [(E.max() + E.min()) / 2, E.min(), E.max()]


def cycle():
    """The constants of Wilson and Cowan's Fig. 11."""
    return wilson_cowan({}, [f'{k / 40:.3f}' for k in range(24, 89)], '1.250')


def hysteresis():
    """The constants of Wilson and Cowan's Fig. 4."""
    return wilson_cowan(rz.WilsonCowan.hysteresis, [f'{k / 40:.3f}' for k in range(-28, 29)], '0.000')


# ---- equilibrium propagation -----------------------------------------------------------------------------------------

DECADE = (1, 1.12, 1.25, 1.4, 1.6, 1.8, 2, 2.24, 2.5, 2.8, 3.15, 3.55, 4, 4.5, 5, 5.6, 6.3, 7.1, 8, 9)
NUDGES = [f'{m * 10.0**e:.3g}' for e in (-4, -3, -2, -1) for m in DECADE]
SCHEMES = {
    'one_sided': dict(scheme='one-sided'),
    'centred': dict(scheme='centred'),
    'holomorphic': dict(scheme='holomorphic', points=4),
}
NETWORK = dict(sizes=(2, 6, 1), activation='tanh', seed=1, dt=0.1)
X, Y = np.array([1.0, -0.5]), np.array([0.8])
PHASE = 100  # steps of the free phase, and of the nudged phase


class Energy(rz.EquilibriumPropagation, rz.LayeredEnergyModel):
    """The network computes its own gradient."""


class Exact(rz.ImplicitGradient, rz.LayeredEnergyModel):
    """The same network; its gradient is computed by calculus."""


def as_vector(grads):
    """All gradients, one after the other."""
    return np.concatenate([np.ravel(grads[name]) for name in sorted(grads)])


def nudging():
    """The error of equilibrium propagation's gradient against λ, and the units in the two phases."""
    net = Energy(**NETWORK)
    target = as_vector(Exact(**NETWORK).gradient(X, Y, tol=1e-13)[1])

    def error(nudge, options):
        grads = net.gradient(X, Y, tol=1e-13, max_steps=100_000, warn_above=np.inf, nudge=nudge, **options)[1]
        return np.linalg.norm(as_vector(grads) - target) / np.linalg.norm(target)

    errors = {name: [error(float(lam), options) for lam in NUDGES] for name, options in SCHEMES.items()}
    shown = Energy(**NETWORK)
    start = np.asarray(shown.r.value)[None]
    runner = rz.Runner(shown, monitors=['r'], dt=NETWORK['dt'], progress_bar=False)

    def phase(nudge):
        shown.set_target(Y, nudge)
        runner.run(inputs=np.tile(X, (PHASE, 1)))
        return np.asarray(runner.mon['r'])

    free = np.concatenate([start, phase(0.0)])
    frames = []
    for k, lam in enumerate(NUDGES):
        shown.reset_state(r0=free[-1])
        nudged = phase(float(lam))
        numbers = [f'{100 * errors[name][k]:.2g}' for name in SCHEMES]
        say = [['errors', *numbers], ['ends', *(f'{r[-1, -1]:.3f}' for r in (free, nudged)), f'{Y[0]:g}']]
        frames.append(dict(nudged=rounded(nudged[1::2].T, 5), say=say))
    return dict(
        kind='nudging',
        sliders=[slider('λ', 'nudge λ', '推动强度 λ', NUDGES, '0.5')],
        errors={name: significant(curve, 3) for name, curve in errors.items()},
        times=rounded(np.arange(0, PHASE + 1, 2) * NETWORK['dt'], 1),
        free=rounded(free[::2].T, 5),
        target=Y[0],
        frames=frames,
    )


# ---- Hopfield --------------------------------------------------------------------------------------------------------

SIDE = 20
UNITS = SIDE**2
PATTERNS = [str(P) for P in range(2, 101, 2)]
CAPACITY = 0.138  # patterns per unit (Amit, Gutfreund and Sompolinsky 1985, see `Hopfield`)
NETWORKS = 10  # for the mean; the first of them is shown


def recall():
    """The recall of a letter by Hopfield networks that also store P − 1 random patterns."""
    letter = rz.Hopfield(UNITS, patterns='R', seed=0).patterns

    def run(net, others, cue, P, storage):
        """The last state, and its overlap with the letter."""
        W = STORAGE[storage](np.concatenate([letter, others[: P - 1]]))
        net.set_params({'W': W})  # `store` would do, but then the relaxation is compiled again for each P
        r = np.asarray(net.relax(r0=cue, max_steps=100).r)
        return r, net.overlap(r)[0]

    networks = []
    for seed in range(NETWORKS):
        rng = np.random.default_rng(seed)
        others = np.sign(rng.normal(size=(int(PATTERNS[-1]) - 1, UNITS)))
        cue = letter[0] * np.where(rng.permutation(UNITS) < UNITS // 5, -1, 1)
        networks.append((rz.Hopfield(UNITS, patterns='R', seed=seed), others, cue))
    frames, overlap, mean = [], {'hebb': [], 'pseudo': []}, []
    for P in map(int, PATTERNS):
        hebb = [run(*network, P, 'hebb') for network in networks]
        pseudo = run(*networks[0], P, 'pseudo-inverse')
        overlap['hebb'].append(hebb[0][1])
        overlap['pseudo'].append(pseudo[1])
        mean.append(np.mean([m for _, m in hebb]))
        say = [
            ['load', f'{P / UNITS:.3f}'],
            ['overlaps', fixed(hebb[0][1], 2), fixed(pseudo[1], 2), fixed(mean[-1], 2)],
        ]
        frames.append({'hebb': ink(hebb[0][0]), 'pseudo': ink(pseudo[0]), 'say': say})
    return dict(
        kind='recall',
        sliders=[slider('P', 'stored patterns P', '存储的模式数 P', PATTERNS, '20')],
        side=SIDE,
        capacity=CAPACITY * UNITS,
        networks=NETWORKS,
        cue=ink(networks[0][2]),
        overlap={name: rounded(curve, 3) for name, curve in overlap.items()},
        mean=rounded(mean, 3),
        frames=frames,
    )


def ink(r):
    """A picture of ±1 as a string of 1 (ink) and 0 (paper), row by row."""
    return ''.join('1' if v > 0 else '0' for v in r)


# ---- files -----------------------------------------------------------------------------------------------------------

FIGURES = {'homework': homework, 'cycle': cycle, 'hysteresis': hysteresis, 'nudging': nudging, 'recall': recall}


def main(folder, names=FIGURES):
    """Write FOLDER/<name>.js for each figure: a script, because a page that is opened as a file may not fetch JSON."""
    bm.enable_x64()
    bm.set_platform('cpu')
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        began = time.perf_counter()
        figure = FIGURES[name]()
        data = json.dumps(figure | {'words': WORDS[figure['kind']]}, ensure_ascii=False, separators=(',', ':'))
        text = f'(window.ratezooLive ??= {{}})[{json.dumps(name)}] = {data};\n'
        (folder / f'{name}.js').write_text(text, encoding='utf-8')
        print(
            f'live figure {name}: {len(text.encode()) / 1000:.0f} kB, {time.perf_counter() - began:.0f} s', flush=True
        )


if __name__ == '__main__':
    main(Path(sys.argv[1]), sys.argv[2:] or FIGURES)
