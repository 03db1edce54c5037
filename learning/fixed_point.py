"""`FixedPointRule`: what all rules have in common that learn a fixed point, l(output(r*), y) with F(r*, w, x) = 0."""

import abc
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from ratezoo.checks import is_count
from ratezoo.errors import DivergedError, InvalidValueError, NotConvergedError, ShapeError, UnknownNameError
from ratezoo.learning.rule import Rule
from ratezoo.relaxation import SOLVERS
from ratezoo.variables import ExtraVariable

tree_map = jax.tree_util.tree_map


class Points(NamedTuple):
    """Checked data of B samples: x (B, …), y (B, n_out), weights alpha (B,) and r0 (B, n)."""
    x: object
    y: object
    alpha: object
    r0: object

    def sample(self, index):
        """The samples ``index``, their weights to be a mean again."""
        part = tree_map(lambda a: a[index], self)
        return part._replace(alpha=part.alpha * (len(self.alpha) / len(index)))


class FixedPointRule(Rule):
    """A mixin that trains a `RateModel` on its fixed points; written before the model.

    A rule gives `settled_gradient`, pure, of a batch whose free phase has been run. `gradient`, `fit` and `predict`
    follow from it.

    Options (of `gradient` and `fit`)
    ---------------------------------
    tol : float
        The free phase has settled where max |F| ≤ tol in each sample. Default None: 1e-10 in double, 1e-5 in single
        precision.
    max_steps : int
        Give up after so many steps. Default 10 000.
    solver : str
        'dynamics' (default), 'adaptive', 'anderson' or 'newton', as for `RateModel.relax`.
    must_settle : bool
        Raise `NotConvergedError` where a phase has not settled (default), or take it as it is.
    """

    learns = 'fixed points'
    exact_counterpart = 'ImplicitGradient'
    options = ('tol', 'max_steps', 'solver', 'must_settle')
    numbers = ('tol',)                  # the options that `gradient` can change without compiling again
    tol = None
    max_steps = 10_000
    solver = 'dynamics'
    must_settle = True

    # ---- what a rule gives ---------------------------------------------------------------------------------------

    @abc.abstractmethod
    def settled_gradient(self, params, data, free, loss, **options):
        """(grads, report) from ``free``, the `FixedPoint` where the free phase ended; pure.

        The gradient is that of Σ_b α_b l_b. A report is a dict of numbers: ``unsettled``, how many samples did not
        settle in the rule's own phases, and what else `check_own_report` looks at.
        """

    def cost_per_sample(self, n, m, total, **options):
        """Numbers kept for one sample, and operations beyond the free phase."""
        return 6 * n + total, 6 * m

    # ---- public --------------------------------------------------------------------------------------------------

    def gradient(self, x, y, alpha=None, r0=None, *, loss=None, seed=None, **options):
        """Loss and gradient at the fixed point of an input, or their means over a batch; the network stays as it is.

        Parameters
        ----------
        x : array (n_in,) or (B, n_in)
            Constant inputs. None: no input.
        y : array (n_out,) or (B, n_out)
            Targets of the output at the fixed point.
        alpha : array (B,), optional
            Weight of each sample. Default 1/B each.
        r0 : array (n,) or (B, n), optional
            Where the free phase starts; default the initial state.
        loss : callable, optional
            l as ``loss(output, target)``; default ½‖output − target‖².
        seed : int, optional
            Seed of what the rule draws.
        **options
            Those of the rule; see its class.

        Returns
        -------
        loss : float
        grads : dict
            Parameter name → dl/dw, of the parameter's shape.

        Raises
        ------
        ShapeError, InvalidValueError
            Arrays that don't fit together, NaN or infinity in them or in the parameters.
        NotConvergedError
            A phase has not settled.
        DivergedError
            The network blew up.
        """
        value, grads, _ = self.measure(x, y, alpha, r0, loss, seed, **options)
        return value, grads

    def fit(self, x, y, epochs=100, optimizer=None, batch_size=None, seed=0, progress=True, checkpoint=None, *,
            alpha=None, r0=None, loss=None, **options):
        """Train the parameters on fixed points; the network is left with the parameters of the last epoch.

        Parameters
        ----------
        x, y, alpha, r0, loss, **options
            As in `gradient`.
        epochs : int
            Passes over the data. Default 100.
        optimizer : optax.GradientTransformation, optional
            Default ``optax.adam(1e-3)``.
        batch_size : int, optional
            Samples per update, shuffled in each epoch; the last batch may be smaller. None (default): all.
        seed : int
            Seed of the shuffling. Default 0.
        progress : bool
            Show a progress bar. Default True.
        checkpoint : path, optional
            As in `TrajectoryRule.fit`.

        Returns
        -------
        History
            Loss, time and the free phase's largest residual of each epoch.

        Raises
        ------
        NotConvergedError
            A phase did not settle; the network keeps the parameters of the last good epoch.
        DivergedError
            Loss or parameters became infinite or NaN; the same.
        """
        data = self.check_points(x, y, alpha, r0)
        loss = self.loss_function(loss, data.y.shape[1:])
        options = self.all_options(options)
        self.check_memory_of(data, **options)
        self.check_model(data)
        optimizer = optimizer or self.default_optimizer

        def update(params, state, data, key):
            value, grads, report = self.loss_and_gradient(params, data, key, loss, **options)
            updates, state = optimizer.update(grads, state, params)
            return optax.apply_updates(params, updates), state, {'loss': value, **report}

        return self.run_training(('fit', loss, *options.items()), update, data, True, epochs, optimizer, batch_size, seed,
                           progress, checkpoint)

    def predict(self, x, r0=None, **options):
        """The outputs at the fixed points, (n_out,) or (B, n_out); nothing in the network changes.

        The arguments are those of `gradient`; of the rule's options those of the free phase count.
        """
        options = self.all_options(options)
        x = self.as_array('x', x)
        single = self.n_in is not None and x.ndim == 1
        lead = 1 if single else x.shape[0]
        data = self.check_points(x[None] if single else x, jnp.zeros((lead, *self.output_shape), self.dtype), None, r0)

        def pure(params, data):
            free = self.free_phase(params, data, **options)
            return jax.vmap(self.output, (0, None))(free.r, params), self.report(free, **options)
        out, report = self.compiled(('predict', *options.items()), lambda: jax.jit(pure))(self.params_dict(), data)
        self.check_report('predict', report)
        return out[0] if single else out

    def cost(self, batch=None, **options):
        """What a gradient needs for a batch with the rule's ``options``, beside the free phase.

        Returns
        -------
        Cost
            ``memory``, bytes beside the data, and ``operations``, multiplications and additions of the gradient once
            the free phase has settled (with the rule's own iterations counted once).
        """
        return self._cost(*self.cost_per_sample(*self.problem_sizes(), **self.all_options(options)), batch)

    # ---- the free phase ------------------------------------------------------------------------------------------

    def free_phase(self, params, data, tol, max_steps, solver, **options):
        """The `FixedPoint` of every sample."""
        def one(r0, x):
            return self.settled(r0, params, x, self.default_tol if tol is None else tol, max_steps, solver)
        return jax.vmap(one)(data.r0, data.x)

    def report(self, free, must_settle=True, **options):
        """What the free phase says of itself: the largest residual, and how many samples have not settled (0 where that
        does not matter)."""
        unsettled = jnp.sum(~free.converged) if must_settle else jnp.asarray(0)
        return {'residual': jnp.max(free.residual), 'unsettled': unsettled, 'steps': jnp.max(free.steps)}

    def loss_and_gradient(self, params, data, key, loss, **options):
        """Σ_b α_b l_b and its gradient as the rule measures it, with what the phases report; pure."""
        free = self.free_phase(params, data, **options)
        value = jnp.sum(data.alpha * jax.vmap(lambda r, y: loss(self.output(r, params), y))(free.r, data.y))
        grads, own = self.settled_gradient(params, data, free, loss, **options)
        report = self.report(free, **options)
        report = {**report, **own, 'unsettled': report['unsettled'] + own['unsettled'] * options['must_settle']}
        return *self.with_penalty(params, value, grads), report

    def measure(self, x, y, alpha=None, r0=None, loss=None, seed=None, **options):
        """Loss, gradient, and the report of the phases as numbers."""
        data = self.check_points(x, y, alpha, r0)
        loss = self.loss_function(loss, data.y.shape[1:])
        options = self.all_options(options)
        self.check_memory_of(data, **options)
        self.check_model(data)

        options['tol'] = options['tol'] or self.default_tol
        numbers = {k: options.pop(k) for k in self.numbers}

        def pure(params, data, key, numbers):
            return self.loss_and_gradient(params, data, key, loss, **options, **numbers)
        run = self.compiled(('gradient', loss, *options.items()), lambda: jax.jit(pure), reads=[loss.function])
        value, grads, report = run(self.params_dict(), data, self.draw_key(seed), numbers)
        self.check_report('gradient', report)
        if not (np.isfinite(float(value)) and all(bool(jnp.all(jnp.isfinite(g))) for g in grads.values())):
            raise DivergedError(f'{type(self).__name__}.gradient: the loss or its gradient is not finite, though the '
                                'free phase settled. Look at loss=, and at net.stability(r) of the fixed point.')
        return float(value), grads, {k: float(v) for k, v in report.items()}

    # ---- checks --------------------------------------------------------------------------------------------------

    def check_points(self, x, y, alpha=None, r0=None):
        """The data as `Points`, a single sample as a batch of one."""
        who, out = type(self).__name__, self.output_shape
        y = self.as_array('y', y)
        if out == (1,) and y.ndim < 2 and (y.ndim == 0 or np.ndim(x) == 2 or x is None):
            y = y[..., None]
        single = y.ndim == len(out)
        y = y[None] if single else y
        if y.ndim != len(out) + 1 or y.shape[1:] != out or 0 in y.shape:
            raise ShapeError(f'{who}.y: expected targets of shape {out} or {("B", *out)}, got {y.shape[single:]}.'
                             .replace("'", ''))
        count = len(y)
        if x is None:
            x = jnp.zeros((count,) if self.n_in is None else (count, self.n_in), self.dtype)
        else:
            x = self.as_array('x', x)
            x = x[None] if single else x
        if self.n_in == 1 and x.shape == (count,):
            x = x[:, None]
        if x.shape[:1] != (count,) or (self.n_in is not None and x.shape != (count, self.n_in)):
            raise ShapeError(f'{who}.x: expected inputs of shape {(self.n_in or "…",)} or '
                             f'{("B", self.n_in or "…")} to go with y, for {count} samples, got {x.shape[single:]}.'
                             .replace("'", ''))
        alpha = jnp.full(count, 1 / count, self.dtype) if alpha is None else self.as_array('alpha', alpha)
        alpha = alpha[None] if alpha.ndim == 0 and count == 1 else alpha
        if alpha.shape != (count,):
            raise ShapeError(f'{who}.alpha: expected a weight for each of {count} samples, got shape {alpha.shape}.')
        for name, a in (('x', x), ('y', y), ('alpha', alpha), *self.params_dict().items()):
            self.check_finite(name, a)
        return Points(x, y, alpha, self.starting_state(r0, count))

    def check_options(self, options):
        who = type(self).__name__
        if options['solver'] not in SOLVERS:
            raise UnknownNameError(f'{who}.solver: expected one of {", ".join(SOLVERS)}, got {options["solver"]!r}.')
        tol, most = options['tol'], options['max_steps']
        if not (tol is None or (isinstance(tol, (int, float)) and tol > 0)):
            raise InvalidValueError(f'{who}.tol: expected a tolerance > 0, or None, got {tol!r}.')
        if not is_count(most):
            raise InvalidValueError(f'{who}.max_steps: expected an integer ≥ 1, got {most!r}.')

    def check_model(self, data):
        """Raise if this model, as it is now, is not what the rule asks for."""

    def check_memory_of(self, data, **options):
        count = len(data.y)
        self.check_memory(self.cost(count, **options).memory, f'{self.state_size} units and {count} samples')

    def check_report(self, where, report):
        """One error for a phase that blew up or did not settle."""
        who, residual = f'{type(self).__name__}.{where}', float(report['residual'])
        if not np.isfinite(residual):
            raise DivergedError(f'{who}: the network blew up in the free phase. Is a fixed point stable for these '
                                'parameters? Try smaller weights or a smaller dt.')
        self.check_own_report(who, report)
        if float(report['unsettled']) > 0:
            raise NotConvergedError(
                f'{who}: {int(report["unsettled"])} relaxations did not settle; the free phase left max |F| = '
                f'{residual:.2g} after {int(report.get("steps", 0))} steps. Give more max_steps or a larger tol, '
                'another solver, a larger dt, or smaller weights; must_settle=False takes it as it is.')

    def check_own_report(self, who, report):
        """Raise for what only this rule reports."""

    def check_epoch(self, epoch, worst):
        self.check_report(f'fit, epoch {epoch}', worst)


class TargetedUpdates:
    """The part of rules whose own phase can be watched: a target in the Variable ``y``, set by `set_target`."""

    def extra_variables(self):
        """The target; a reset leaves it."""
        return {'y': ExtraVariable(self.batched(jnp.zeros(self.output_shape, self.dtype)), reset=False)}

    def set_target(self, y):
        """Give `update` the target y, (n_out,) or (B, n_out), that the rule's own phase looks at."""
        y = self.as_array('y', y)
        self.check_finite('y', y)
        if y.shape not in (self.y.shape, self.output_shape):
            raise ShapeError(f'{type(self).__name__}.y: expected a target of shape {self.y.shape}, got {y.shape}.')
        self.y.value = jnp.broadcast_to(y, self.y.shape)

    def slope(self, r, params, y, loss=None):
        """∂l/∂r of one sample at state r; complex where r is."""
        complex_ = any(map(jnp.iscomplexobj, jax.tree_util.tree_leaves(r)))
        loss = loss or self.loss
        return jax.grad(lambda r: loss(self.output(r, params), y), holomorphic=complex_)(r)


def at_rest(net, r, params, x):
    """What vanishes at the fixed point of one sample."""
    return net.at_rest(r, net.drift(r, params, x))


def through_field(net, params, data, r, v, loss):
    """Σ_b α_b (v_b ∂F/∂w + ∂l_b/∂w) at the states r, with v_b the adjoints, all as trees with a leading axis B."""
    def total(params):
        def one(x, y, alpha, r, v):
            f = at_rest(net, r, params, x)
            pull = sum(jnp.vdot(a, b) for a, b in zip(jax.tree_util.tree_leaves(v), jax.tree_util.tree_leaves(f),
                                                      strict=True))
            return alpha * (pull + loss(net.output(r, params), y))
        return jnp.sum(jax.vmap(one)(data.x, data.y, data.alpha, r, v))
    return jax.grad(total)(params)

