"""How far each rule is from the exact gradient, and what it says of it: the tables of docs/accuracy.md.

    python docs/accuracy.py                        # all tables; half an hour on two free cores
    python docs/accuracy.py limits --networks 3    # only the rules that are exact in a limit, on three networks
    python docs/accuracy.py choose | approximate

The exact gradients do not use the code that they test: for a fixed point SciPy solves F = 0, NumPy solves the linear
system with the Jacobian of JAX; for a sequence `jax.grad` goes through a plain loop. All of it in double precision.
"""

import argparse
import contextlib
import functools
import math
import warnings

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import root

import ratezoo

SAMPLES = 3
ACTIVATIONS = ('hard-sigmoid', 'tanh', 'sigmoid', 'shifted-sigmoid')
SCHEMES = ('one-sided', 'centred', 'holomorphic')
RNN = dict(n_in=4, n=20, n_out=3, dt=0.5)

# How a rule is asked: rule, model, its settings, options of the rule.
_EP = [
    {},
    dict(nudge=0.5),
    dict(nudge=0.1),
    dict(scheme='one-sided'),
    dict(scheme='one-sided', nudge=0.1),
    dict(steps=(10, 3)),
    dict(steps=(60, 15), nudge=0.5),
    dict(nudge=1e-4, tol=1e-4),
    dict(nudge=1e-4, tol=1e-4, max_steps=5, must_settle=False),
]
_HOLOMORPHIC = [
    dict(scheme='holomorphic'),
    dict(scheme='holomorphic', nudge=0.3, points=32),
    dict(scheme='holomorphic', nudge=0.1, points=4),
]
_LOOSE = [{}, dict(tol=0.1), dict(tol=1e-3), dict(max_steps=5, must_settle=False)]
CASES = [
    *(('EquilibriumPropagation', 'LayeredEnergyModel', dict(activation='hard-sigmoid'), o) for o in _EP),
    *(('EquilibriumPropagation', 'LayeredEnergyModel', dict(activation='tanh'), o) for o in (*_EP, *_HOLOMORPHIC)),
    *(('EquilibriumPropagation', 'LayeredEnergyModel', dict(activation='sigmoid'), o) for o in _HOLOMORPHIC),
    *(('ContrastiveHebbian', 'LayeredEnergyModel', dict(activation='tanh'), o) for o in _LOOSE),
    *(('VectorFieldEP', 'RateRNN', dict(g=0.5), o) for o in ({}, dict(nudge=0.5))),
    *(('AsymmetricEP', 'RateRNN', dict(g=0.8), o) for o in ({}, dict(nudge=0.5), dict(steps=(10, 3)))),
    *(('AdjointDynamics', 'RateRNN', dict(g=0.9), o) for o in _LOOSE),
    *(('ImplicitGradient', 'RateRNN', dict(g=0.9), o) for o in (*_LOOSE, dict(linear='gmres'))),
    ('ImplicitGradient', 'RateRNN', dict(g=1.5), dict(solver='newton')),
    *(
        ('DeepEquilibrium', 'RateRNN', dict(g=g), o)
        for g in (0.9, 1.5, 2.5)
        for o in ({}, dict(backward='phantom', unroll=5), dict(backward='phantom', unroll=50))
    ),
    *(
        ('DeepEquilibrium', 'RateRNN', dict(g=0.9), dict(backward='unrolled', unroll=k, must_settle=False))
        for k in (5, 50)
    ),
    *(('BPTT', 'RateRNN', dict(g=1.2), dict(truncate=k)) for k in ((1, 2), (5, 10), (10, 40))),
]


def vector(grads):
    """A gradient as one vector (m,)."""
    return np.concatenate([np.ravel(np.asarray(grads[p], float)) for p in sorted(grads)])


@contextlib.contextmanager
def precision(single):
    """Single or double precision within the block, double after it."""
    if single:
        bm.disable_x64()
    try:
        yield
    finally:
        bm.enable_x64()


@functools.cache
def network(rule, model, settings, single=False):
    """One network of each kind; without a rule the model alone. A change of its weights compiles nothing."""
    bases = (ratezoo.models.zoo[model],) if rule is None else (ratezoo.learning.rules[rule], ratezoo.models.zoo[model])
    return type('Net', bases, {})(**dict(settings), seed=0)


def problem(model, settings, seed):
    """Weights, inputs and targets of the network with this seed, in double precision."""
    made = ratezoo.models.zoo[model](**settings, seed=seed)
    rng = np.random.default_rng(seed)
    n_out = made.output(made.initial_state(), made.params_dict()).shape[0]
    return made.params_dict(), rng.normal(size=(SAMPLES, made.n_in)), rng.normal(size=(SAMPLES, n_out)) / 2


# ---- exact gradients -------------------------------------------------------------------------------------------------


class Oracle:
    """Exact gradients of a model without a rule, in double precision."""

    def __init__(self, net):
        def field(r, params, x):
            return net.at_rest(r, net.drift(r, params, x))

        def clamped(r, params, x, y):
            return field(r, params, x).at[net.output_units].set(y - r[net.output_units])

        def loss(r, params, y):
            return 0.5 * jnp.sum((net.output(r, params) - y) ** 2)

        def loss_of_steps(params, x, y):
            r, value = net.initial_state(), 0.0
            for t in range(len(x)):
                r = net.step(r, params, x[t])
                value = value + loss(r, params, y[t]) / len(x)
            return value

        def held(r, params, x, y):
            """The network with its outputs held at y, after 3000 steps."""

            def step(_, r):
                return net.step(r, params, x).at[net.output_units].set(y)

            return jax.lax.fori_loop(0, 3000, step, r.at[net.output_units].set(y))

        self.field, self.J = jax.jit(field), jax.jit(jax.jacfwd(field))
        self.clamped, self.J_clamped = jax.jit(clamped), jax.jit(jax.jacfwd(clamped))
        self.held = jax.jit(held)
        self.slopes = jax.jit(jax.grad(loss, (0, 1)))
        self.through = jax.jit(lambda v, r, params, x: jax.vjp(lambda w: field(r, w, x), params)[1](v)[0])
        self.through_time = jax.jit(jax.grad(loss_of_steps))
        self.of_energy = jax.jit(jax.grad(lambda params, r, x: net.energy(r, params, x)))

    @staticmethod
    def solved(field, J, start, *given):
        """The root of ``field`` near ``start`` by SciPy; |F| is rounding error there."""
        found = root(
            lambda r: np.asarray(field(r, *given)), np.asarray(start), jac=lambda r: np.asarray(J(r, *given)), tol=1e-14
        )
        assert np.abs(field(found.x, *given)).max() < 1e-11, found.message
        return found.x

    def implicit_gradient(self, params, x, y, starts):
        """The mean over the samples of −(∂l/∂r) J⁻¹ ∂F/∂w + ∂l/∂w."""
        total = 0.0
        for x_, y_, start in zip(x, y, starts, strict=True):
            r = self.solved(self.field, self.J, start, params, x_)
            dl_dr, dl_dw = self.slopes(r, params, y_)
            v = np.linalg.solve(np.asarray(self.J(r, params, x_)).T, -np.asarray(dl_dr))
            total = total + vector(self.through(v, r, params, x_)) + vector(dl_dw)
        return total / len(x)

    def contrastive_gradient(self, params, x, y, starts):
        """The mean of ∂/∂w [E(clamped) − E(free)], both states by SciPy."""
        total = 0.0
        for x_, y_, start in zip(x, y, starts, strict=True):
            free = self.solved(self.field, self.J, start, params, x_)
            held = self.held(jnp.asarray(free), params, x_, y_)
            held = self.solved(self.clamped, self.J_clamped, held, params, x_, y_)
            total = total + vector(self.of_energy(params, held, x_)) - vector(self.of_energy(params, free, x_))
        return total / len(x)


@functools.cache
def oracle(model, settings):
    return Oracle(network(None, model, settings))


# ---- rules that are exact in a limit ---------------------------------------------------------------------------------


def starting_points(net, plain, x, y, options, single):
    """States near the fixed points whose gradient is asked for; SciPy goes on from there.

    The network itself settles at one of several fixed points, and so does ``plain``. A solver may find any of them, and
    another one in single precision, so the point that it has found is taken.
    """
    if options.get('solver', getattr(net, 'solver', 'dynamics')) == 'dynamics' or 'unrolled' in options.values():
        return plain.relax(x, max_steps=200_000).r
    with precision(single):
        return np.asarray(_free_phase(net, tuple(options.items()))(net.params_dict(), net.check_points(x, y)), float)


@functools.cache
def _free_phase(net, options):
    asked = net.all_options(dict(options))
    return jax.jit(lambda params, data: net.free_phase(params, data, **asked).r)


def one(case, seed, single=False):
    """(true error, estimate, whether it warned or refused) of one network."""
    rule, model, settings, options = case
    settings = {**settings, **(dict(sizes=(16, 24, 5), dt=0.2) if model == 'LayeredEnergyModel' else RNN)}
    params, x, y = problem(model, settings, seed)
    key = tuple(sorted(settings.items()))
    plain, exact = network(None, model, key), oracle(model, key)
    plain.set_params(params)
    with precision(single):
        net = network(rule, model, key, single)
        net.set_params(params)
    if rule == 'BPTT':
        rng = np.random.default_rng(seed)
        x, y = rng.normal(size=(40, RNN['n_in'])), rng.normal(size=(40, RNN['n_out']))
        reference = vector(exact.through_time(params, x, y))
    else:
        starts = starting_points(net, plain, x, y, options, single)
        find = exact.contrastive_gradient if rule == 'ContrastiveHebbian' else exact.implicit_gradient
        reference = find(params, x, y, starts)
    with warnings.catch_warnings(record=True) as told, precision(single):
        warnings.simplefilter('always')
        try:
            _, grads, estimate = net.gradient(x, y, with_error=True, **options)
        except (ratezoo.NotConvergedError, ratezoo.DivergedError):
            return math.nan, math.nan, 'refused', False
    kinds = [w.category for w in told]
    size = np.linalg.norm(reference)
    off = np.linalg.norm(vector(grads) - reference)
    return (
        float(off / size) if size else math.nan,  # the gradient is 0 where all outputs sit at their bounds
        float(estimate),
        'warned' if ratezoo.InaccurateGradientWarning in kinds else 'silent',
        ratezoo.UnstableFixedPointWarning in kinds,
    )


def asked(case):
    """A case in words."""
    rule, _, settings, options = case
    given = ', '.join(f'{k}={v!r}' for k, v in options.items()) or 'default'
    return rule, ', '.join(f'{v}' if k == 'activation' else f'{k}={v}' for k, v in settings.items()), given


def limits(networks, precisions=(False, True)):
    """The table of the rules that are exact in a limit."""
    print(
        '| rule | network | options | precision | true error, median | largest | largest estimate | warned | unstable |'
    )
    print('|---|---|---|---|---|---|---|---|---|')
    for precision in precisions:
        for case in CASES:
            rule, settings, given = asked(case)
            rows = [one(case, seed, precision) for seed in range(networks)]
            errors, estimates = (np.array([row[i] for row in rows]) for i in (0, 1))
            refused = sum(row[2] == 'refused' for row in rows)
            silent = sum(row[2] == 'silent' and row[0] > 0.05 for row in rows)
            needless = sum(row[2] == 'warned' and row[0] < 0.01 for row in rows)
            wrong = f' (silent above 5 %: {silent}; warned below 1 %: {needless})' if silent or needless else ''
            told = f'{sum(row[2] == "warned" for row in rows)} of {networks}'
            told += f', refused {refused}' if refused else ''
            unstable = sum(row[3] for row in rows)
            figures = (
                ' | '.join(f'{v:.1e}' for v in (np.nanmedian(errors), np.nanmax(errors), np.nanmax(estimates)))
                if refused < networks
                else '– | – | –'
            )
            bits = 'single' if precision else 'double'
            row = (rule, settings, given, bits, figures, told + wrong, unstable)
            print(f'| {" | ".join(map(str, row))} |', flush=True)


# ---- choose ----------------------------------------------------------------------------------------------------------


def chosen(activation, scheme, error, seed):
    """The true error of the gradient with the options of `choose`, and λ and N."""
    settings = dict(activation=activation, sizes=(16, 24, 5), dt=0.2)
    params, x, y = problem('LayeredEnergyModel', settings, seed)
    key = tuple(sorted(settings.items()))
    net = network('EquilibriumPropagation', 'LayeredEnergyModel', key)
    net.set_params(params)
    options = net.choose(x, y, error, scheme)
    grads = vector(net.gradient(x, y, warn_above=math.inf, **options)[1])
    plain = network(None, 'LayeredEnergyModel', key)
    plain.set_params(params)
    starts = plain.relax(x, max_steps=200_000).r
    reference = oracle('LayeredEnergyModel', key).implicit_gradient(params, x, y, starts)
    size = np.linalg.norm(reference) or 1.0
    return float(np.linalg.norm(grads - reference) / size), options['nudge'], options['points']


def choose(networks, wanted=(1e-2, 1e-3, 1e-4)):
    """The table of `choose`."""
    print('| activation | scheme | wanted | delivered, median | largest | λ | N | met |')
    print('|---|---|---|---|---|---|---|---|')
    for activation in ACTIVATIONS:
        for scheme in SCHEMES:
            if activation == 'hard-sigmoid' and scheme == 'holomorphic':
                continue
            for error in wanted:
                rows = [chosen(activation, scheme, error, seed) for seed in range(networks)]
                errors, nudges, points = map(np.array, zip(*rows, strict=True))
                N = f'{points.min()} to {points.max()}' if scheme == 'holomorphic' else '–'
                print(
                    f'| {activation} | {scheme} | {error:.0e} | {np.median(errors):.1e} | {errors.max():.1e} | '
                    f'{nudges.min():.1e} to {nudges.max():.1e} | {N} | {np.sum(errors <= error)} of {networks} |',
                    flush=True,
                )


# ---- rules that drop terms or draw random numbers --------------------------------------------------------------------

APPROXIMATE = ('SnAp', 'UORO', 'KFRTRL', 'RKF', 'RFLO', 'EProp', 'KeRNL')


def standard_case(rule, seeds=20):
    """The medians over the seeds of the relative error and of the cosine, on the standard case.

    The standard case: RateRNN(2, 20, 1) with its defaults, T = 20 steps, inputs and targets of independent normal
    numbers, and the gradient with respect to all that the step reads (W, W_in and b).
    """
    net = network(rule, 'RateRNN', (('n', 20), ('n_in', 2), ('n_out', 1)))
    exact = network('BPTT', 'RateRNN', (('n', 20), ('n_in', 2), ('n_out', 1)))
    errors, cosines = [], []
    for seed in range(seeds):
        params = ratezoo.RateRNN(2, 20, 1, seed=seed).params_dict()
        rng = np.random.default_rng(seed)
        x, y = rng.normal(size=(20, 2)), rng.normal(size=(20, 1))
        net.set_params(params)
        exact.set_params(params)
        reference = vector({p: g for p, g in exact.gradient(x, y)[1].items() if p in exact.step_params})
        found = vector({p: g for p, g in net.gradient(x, y, seed=seed)[1].items() if p in exact.step_params})
        errors.append(np.linalg.norm(found - reference) / np.linalg.norm(reference))
        cosines.append(found @ reference / np.linalg.norm(found) / np.linalg.norm(reference))
    return float(np.median(errors)), float(np.median(cosines))


def approximate(seeds):
    """The table of the approximate rules."""
    print('| rule | relative error | cosine |')
    print('|---|---|---|')
    for rule in APPROXIMATE:
        print('| {} | {:.2g} | {:.2g} |'.format(rule, *standard_case(rule, seeds)), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('tables', nargs='*', choices=['limits', 'choose', 'approximate', []], metavar='TABLE')
    parser.add_argument('--networks', type=int, help='how many networks; default 20, of choose 50')
    parser.add_argument('--precision', choices=['double', 'single'], help='of limits; default both')
    chosen = parser.parse_args()
    bm.enable_x64()
    precisions = (False, True) if chosen.precision is None else (chosen.precision == 'single',)
    in_a_limit = functools.partial(limits, precisions=precisions)
    for name, table, networks in (('limits', in_a_limit, 20), ('choose', choose, 50), ('approximate', approximate, 20)):
        if not chosen.tables or name in chosen.tables:
            table(chosen.networks or networks)
            print(flush=True)


if __name__ == '__main__':
    main()
