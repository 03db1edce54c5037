"""`FixedPointRule`: what all rules of fixed points share.

The network settles at a fixed point r*, F(r*, w, x) = 0. The loss is that of its output there, l(output(r*), y).
"""

import abc
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.flatten_util import ravel_pytree

from ratezoo.checks import is_count, of_a_network
from ratezoo.errors import (
    DivergedError,
    InaccurateGradientWarning,
    NotConvergedError,
    ShapeError,
    UnknownNameError,
)
from ratezoo.learning import accuracy
from ratezoo.learning.history import History
from ratezoo.learning.rule import Rule
from ratezoo.memory import Cost
from ratezoo.relaxation import SOLVERS, FixedPoint, largest
from ratezoo.types import Array, ArrayLike, Loss, Params, PartOfModel, State, StateLike
from ratezoo.variables import ExtraVariable

tree_map = jax.tree_util.tree_map


class Points(NamedTuple):
    """The data of B samples, checked.

    Attributes
    ----------
    x : array (B, n_in)
        Inputs.
    y : array (B, n_out)
        Targets.
    alpha : array (B,)
        The weight of each sample in the loss.
    r0 : array (B, n), or dict of arrays
        The states in which the free phase starts.
    """

    x: Array
    y: Array
    alpha: Array
    r0: State

    def sample(self, index: np.ndarray) -> 'Points':
        """The samples with these indices.

        Their weights are multiplied by B/len(index), so that the loss of a batch estimates the loss of all samples.
        """
        part = tree_map(lambda a: a[index], self)
        return part._replace(alpha=part.alpha * (len(self.alpha) / len(index)))


class FixedPointRule(Rule):
    """The base of all rules that train a `RateModel` on its fixed points: ``class Net(ImplicitGradient, RateRNN)``.

    A rule defines `settled_gradient`. `gradient`, `fit` and `predict` follow from it. A *phase* is one relaxation. All
    rules begin with the *free phase*: the network, without any target, settles from r0 to r*. Some rules run further
    phases of their own, for example of a network that is nudged towards the target, or of an adjoint.

    Options (of `gradient` and `fit`)
    ---------------------------------
    tol : float
        The free phase has settled when max |F| ≤ tol in each sample. Default None: 1e-10 in double precision, 1e-5 in
        single precision.
    max_steps : int
        The largest number of steps of a phase. Default 10 000.
    solver : str
        'dynamics' (default), 'adaptive', 'anderson' or 'newton', as for `RateModel.relax`.
    must_settle : bool
        True (default): raise `NotConvergedError` if a phase has not settled. False: accept its last state.
    warn_above : float
        The rule warns (`InaccurateGradientWarning`) if its gradient differs from the exact one by more than this part
        of its size. Default 0.02. ``math.inf``: no estimate and no warning.

    How the error is estimated
    --------------------------
    Newton's method finds r* from the end of the free phase. There the implicit gradient is computed, and the estimate
    is ‖g − g_exact‖/‖g_exact‖ over all parameters. `gradient` does it for at most 64 samples: if there are more, the
    rule is run once more on 64 of them. `fit` does it for at most 8 samples of the first batch of an epoch, and at
    most once in 100 updates. Up to 200 units it costs one or two Newton steps and one linear system, O(n³) for each
    sample; above that, about 40 products with J.
    """

    learns = 'fixed points'
    exact_counterpart = 'ImplicitGradient'
    options: tuple[str, ...] = ('tol', 'max_steps', 'solver', 'must_settle', 'warn_above')
    numbers: tuple[str, ...] = ('tol',)  # the options that `gradient` can change without compiling again
    tol: float | None = None
    max_steps: int = 10_000
    solver: str = 'dynamics'
    must_settle: bool = True
    warn_above: float = 0.02

    # ---- what a rule defines -------------------------------------------------------------------------------------

    @abc.abstractmethod
    def settled_gradient(
        self, params: Params, data: Points, free: FixedPoint, loss: Loss, **options: Any
    ) -> tuple[Params, dict[str, Any]]:
        """The gradient of Σ_b α_b l_b, when the free phase has been run; pure.

        Parameters
        ----------
        params : dict
            The parameters.
        data : Points
            The samples.
        free : FixedPoint
            The end of the free phase, for each sample.
        loss : callable
            l as ``loss(output, target)``.
        **options
            A value for each of the rule's options.

        Returns
        -------
        grads : dict
            Parameter name → gradient.
        report : dict
            Name → number. ``unsettled`` is how many samples did not settle in the rule's own phases. A rule may add
            numbers that its `check_own_report` examines.
        """

    def cost_per_sample(self, n: int, m: int, total: int, **options: Any) -> tuple[float, float]:
        """How many numbers one sample needs, and how many operations its gradient takes after the free phase.

        Parameters
        ----------
        n : int
            The number of units.
        m : int
            The number of entries of the parameters that F reads.
        total : int
            The number of entries of all parameters.
        **options
            A value for each of the rule's options.
        """
        return 6 * n + total, 6 * m

    def may_be_inexact(self, options: Mapping[str, Any]) -> bool:
        """Whether the gradient with these options may differ from the exact one, so that its error is estimated."""
        return True

    def remedy(self, options: Mapping[str, Any]) -> str:
        """What makes the gradient more accurate than with these options: a sentence for the warning."""
        return 'Use a smaller tol or more steps.'

    # ---- public --------------------------------------------------------------------------------------------------

    @of_a_network
    def gradient(
        self,
        x: ArrayLike | None,
        y: ArrayLike,
        alpha: ArrayLike | None = None,
        r0: StateLike | None = None,
        *,
        loss: Loss | None = None,
        seed: int | None = None,
        with_error: bool = False,
        **options: Any,
    ) -> tuple[Any, ...]:
        """Loss and gradient at the fixed point of an input, or their means over a batch. The network does not change.

        Parameters
        ----------
        x : array (n_in,) or (B, n_in)
            Constant inputs. None: no input.
        y : array (n_out,) or (B, n_out)
            Targets of the output at the fixed point.
        alpha : array (B,), optional
            Weight of each sample. Default 1/B each.
        r0 : array (n,) or (B, n), optional
            The state in which the free phase starts. Default: the initial state.
        loss : callable, optional
            l as ``loss(output, target)``. Default: ½‖output − target‖².
        seed : int, optional
            Seed of the random numbers that the rule draws. Default: the network's own seed.
        with_error : bool
            Return the estimate of the gradient's error, too. Default False.
        **options
            The options of the rule; see its class.

        Returns
        -------
        loss : float
        grads : dict
            Parameter name → dl/dw, of the parameter's shape.
        error : float
            Only ``with_error``: ‖g − g_exact‖/‖g_exact‖, estimated on at most 64 samples (see `FixedPointRule`).

        Raises
        ------
        ShapeError, InvalidValueError
            The shapes do not fit together. The data or the parameters contain NaN or infinity.
        NotConvergedError
            A phase has not settled, or there is no fixed point near the state in which a phase was stopped.
        DivergedError
            The state became infinite or NaN.

        Warns
        -----
        InaccurateGradientWarning
            The error is above ``warn_above``, or the network has noise, which the gradient does not contain.
        UnstableFixedPointWarning
            A solver other than the network's own dynamics found a fixed point that the network would leave.
        """
        value, grads, report = self.measure(x, y, alpha, r0, loss, seed, with_error, **options)
        return (value, grads, report['error']) if with_error else (value, grads)

    @of_a_network
    def fit(
        self,
        x: ArrayLike | None,
        y: ArrayLike,
        epochs: int = 100,
        optimizer: optax.GradientTransformation | None = None,
        batch_size: int | None = None,
        seed: int = 0,
        progress: bool = True,
        checkpoint: str | Path | None = None,
        *,
        alpha: ArrayLike | None = None,
        r0: StateLike | None = None,
        loss: Loss | None = None,
        **options: Any,
    ) -> History:
        """Train the parameters on fixed points. The network then has the parameters of the last epoch.

        Parameters
        ----------
        x, y, alpha, r0, loss, **options
            As in `gradient`.
        epochs : int
            How often all samples are used. Default 100.
        optimizer : optax.GradientTransformation, optional
            Default ``optax.adam(1e-3)``.
        batch_size : int, optional
            Samples per update. They are shuffled in each epoch, and the last batch may be smaller. None (default): all
            samples.
        seed : int
            Seed of the shuffling. Default 0.
        progress : bool
            Show a progress bar. Default True.
        checkpoint : path, optional
            As in `TrajectoryRule.fit`.

        Returns
        -------
        History
            Of each epoch the loss, the time, the largest residual of the free phase, and the estimated error of the
            gradient.

        Raises
        ------
        NotConvergedError
            A phase has not settled. The network keeps the parameters of the last good epoch.
        DivergedError
            The loss or a parameter became infinite or NaN. The network keeps the parameters of the last good epoch.

        Warns
        -----
        InaccurateGradientWarning, UnstableFixedPointWarning
            As `gradient`, at most once a call. Some epochs are looked at, as `FixedPointRule` says.
        """
        data, loss, options, warn_above = self._checked(x, y, alpha, r0, loss, options)
        optimizer = optimizer or self.default_optimizer

        def update(params, state, data, key):
            value, grads, report = self.loss_and_gradient(params, data, key, loss, **options)
            updates, state = optimizer.update(grads, state, params)
            return optax.apply_updates(params, updates), state, {'loss': value, **report}

        kind = ('fit', loss, *options.items())
        estimate = self._estimate_in_training(loss, options, warn_above)
        return self.run_training(
            kind, update, data, True, epochs, optimizer, batch_size, seed, progress, checkpoint, estimate
        )

    @of_a_network
    def predict(self, x: ArrayLike, r0: StateLike | None = None, **options: Any) -> Array:
        """The outputs at the fixed points. The network does not change.

        Parameters
        ----------
        x : array (n_in,) or (B, n_in)
            Constant inputs.
        r0 : array (n,) or (B, n), optional
            The state in which the free phase starts. Default: the initial state.
        **options
            The options of the rule. Only those of the free phase have an effect.

        Returns
        -------
        outputs : array (n_out,) or (B, n_out)
        """
        options = self.all_options(options)
        inputs = self.as_array('x', x)
        single = self.n_in is not None and inputs.ndim == 1
        inputs = inputs[None] if single else inputs
        no_targets = jnp.zeros((len(inputs), *self.output_shape), self.dtype)
        data = self.check_points(inputs, no_targets, None, r0)

        def pure(params, data):
            free = self.free_phase(params, data, **options)
            return jax.vmap(self.output, (0, None))(free.r, params), self.report(free, **options)

        run = self.compiled(('predict', *options.items()), lambda: jax.jit(pure))
        outputs, report = run(self.params_dict(), data)
        self.check_report('predict', report)
        return outputs[0] if single else outputs

    def cost(self, batch: int | None = None, **options: Any) -> Cost:
        """The memory and the operations of a gradient with the rule's ``options``, without those of the free phase.

        Parameters
        ----------
        batch : int, optional
            The number of samples. Default: one.

        Returns
        -------
        Cost
            ``memory`` in bytes, without the data; ``operations``, additions and multiplications. Iterations of the rule
            itself, such as the steps of an adjoint, count once.
        """
        return self._cost(*self.cost_per_sample(*self.problem_sizes(), **self.all_options(options)), batch)

    # ---- the free phase ------------------------------------------------------------------------------------------

    def free_phase(
        self,
        params: Params,
        data: Points,
        *,
        tol: float | Array | None,
        max_steps: int,
        solver: str,
        **options: Any,
    ) -> FixedPoint:
        """The fixed point of every sample, from ``data.r0``; pure."""
        tol = self.default_tol if tol is None else tol

        def of_sample(r0, x):
            return self.settled(r0, params, x, tol, max_steps, solver)

        return jax.vmap(of_sample)(data.r0, data.x)

    def report(self, free: FixedPoint, must_settle: bool = True, **options: Any) -> dict[str, Array]:
        """Numbers that describe the free phase.

        They are the largest residual, the largest number of steps, and ``unsettled``: how many samples have not settled
        (0 if ``must_settle`` is False).
        """
        unsettled = jnp.sum(~free.converged) if must_settle else jnp.asarray(0)
        return {'residual': jnp.max(free.residual), 'unsettled': unsettled, 'steps': jnp.max(free.steps)}

    def loss_and_gradient(
        self, params: Params, data: Points, key: Array | None, loss: Loss, **options: Any
    ) -> tuple[Array, Params, dict[str, Array]]:
        """The loss Σ_b α_b l_b, the gradient that the rule gives, and the report of all phases; pure."""
        return self._loss_gradient_and_state(params, data, key, loss, **options)[:3]

    def _loss_gradient_and_state(self, params, data, key, loss, **options):
        """Also the end of the free phase."""
        free = self.free_phase(params, data, **options)
        value = jnp.sum(data.alpha * jax.vmap(lambda r, y: loss(self.output(r, params), y))(free.r, data.y))
        grads, own_report = self.settled_gradient(params, data, free, loss, **options)
        report = self.report(free, **options)
        unsettled = report['unsettled'] + own_report['unsettled'] * options['must_settle']
        report = {**report, **own_report, 'unsettled': unsettled}
        return *self.with_penalty(params, value, grads), report, free

    def measure(
        self,
        x: ArrayLike | None,
        y: ArrayLike,
        alpha: ArrayLike | None = None,
        r0: StateLike | None = None,
        loss: Loss | None = None,
        seed: int | None = None,
        with_error: bool = False,
        **options: Any,
    ) -> tuple[float, Params, dict[str, float]]:
        """Loss and gradient, as `gradient` returns them, and the report of all phases.

        The report contains the estimated ``error`` if it was estimated.
        """
        data, wrapped_loss, options, warn_above = self._checked(x, y, alpha, r0, loss, options)
        key = self.draw_key(seed)
        value, grads, report, free = self._run(wrapped_loss, options)(self.params_dict(), data, key)
        self.check_report('gradient', report)
        if not (np.isfinite(float(value)) and all(bool(jnp.all(jnp.isfinite(g))) for g in grads.values())):
            raise DivergedError(
                f'{type(self).__name__}.gradient: expected a finite loss and gradient, got NaN or infinity, although '
                'the free phase settled. Check the function loss=, and net.stability(r) at the fixed point.'
            )
        told = {name: float(number) for name, number in report.items()}
        if with_error or self._must_be_estimated(options, warn_above):
            found = self._estimate('gradient', wrapped_loss, options, data, key, accuracy.MOST_SAMPLES, (grads, free))
            told['error'] = float(found.error)
            self._tell('gradient', found, options, warn_above)
        return float(value), grads, told

    def _checked(self, x, y, alpha, r0, loss, options):
        """The checked arguments of `gradient` and of `fit`: data, loss, options, and the option ``warn_above``."""
        data = self.check_points(x, y, alpha, r0)
        loss = self.loss_function(loss, data.y.shape[1:])
        options = self.all_options(options)
        self.check_memory_of(data, **options)
        self.check_model(data)
        self.check_loss(data, loss, options)
        warn_above = options.pop('warn_above')
        if self.noisy and warn_above < math.inf:
            accuracy.tell(
                f'{type(self).__name__}: the network has noise (sigma), but the gradient is that of the network '
                'without noise. Set sigma to 0, or average over runs by a rule of trajectories such as BPTT; '
                'warn_above=math.inf silences this warning.',
                InaccurateGradientWarning,
            )
        return data, loss, self.with_numbers(options), warn_above

    def with_numbers(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The options with numbers in place of those that are None and stand for a number."""
        return {**options, 'tol': options['tol'] or self.default_tol}

    def _run(self, loss, options):
        """The compiled function of (params, data, key): loss, gradient, report, and the end of the free phase."""
        # These options are arguments of the compiled function. The others are part of its key: a new value compiles.
        numbers = {name: options[name] for name in self.numbers}
        others = {name: value for name, value in options.items() if name not in numbers}

        def pure(params, data, key, numbers):
            return self._loss_gradient_and_state(params, data, key, loss, **others, **numbers)

        run = self.compiled(('gradient', loss, *others.items()), lambda: jax.jit(pure), reads=[loss.function])
        return lambda params, data, key: run(params, data, key, numbers)

    # ---- how far the gradient is from the exact one --------------------------------------------------------------

    def exact_gradient(self, params: Params, data: Points, r: State, loss: Loss) -> tuple[Params, Array]:
        """What `settled_gradient` would give without any error, at the fixed points r of all samples; pure.

        Returns
        -------
        exact : dict
            Parameter name → Σ_b α_b g_b.
        least : array ()
            The error of the gradient is relative to ‖exact‖, but at least to this number. It is larger than ‖exact‖
            where the samples cancel each other (`accuracy.least_size`), and where g is smaller than a rule can resolve
            with numbers of this precision: where the loss is solved, so that its slope ∂l/∂r is below 1e-6 (in single
            precision 0.02) of the change of the slope between r = 0 and r, and where all outputs sit at their bounds.
        """

        def of_sample(r, x, y):
            vector, field, unravel = self._as_vectors(r, params, x)
            slope = jax.grad(lambda vector: loss(self.output(unravel(vector), params), y))
            dl_dr, change = jax.jvp(slope, (vector,), (vector,))
            v = unravel(accuracy.adjoint(field, vector, dl_dr))
            return v, jnp.linalg.norm(dl_dr), jnp.linalg.norm(change)

        v, slopes, changes = jax.vmap(of_sample)(r, data.x, data.y)
        weights = jnp.abs(data.alpha)
        size, change = jnp.sum(weights * slopes), jnp.sum(weights * changes)
        resolved = accuracy.solved_part(self.dtype) * change
        magnification = jnp.maximum(1.0, resolved / jnp.where(size > 0, size, 1))
        flips = jnp.stack([jnp.ones_like(data.alpha), accuracy.signs(data.alpha.shape, self.dtype)])
        both = jax.vmap(
            lambda flip: gradient_from_adjoint(
                self, params, data._replace(alpha=data.alpha * flip), r, v, loss, self.field_of_parameters
            )
        )(flips)
        exact, spread = (tree_map(lambda a, k=k: a[k], both) for k in (0, 1))
        least = jnp.maximum(accuracy.norm(exact), accuracy.least_size(spread, len(data.alpha)))
        if self.bounds is not None:
            # 1e-3 of the gradient that the slopes of the loss would cause in a network without bounds.
            push = jax.vmap(lambda r, y: jax.grad(lambda r: loss(self.output(r, params), y))(r))(r, data.y)
            unbound = gradient_from_adjoint(self, params, data, r, push, loss, self.drift)
            least = jnp.maximum(least, 1e-3 * accuracy.norm(unbound))
        return exact, least * magnification

    def field_of_parameters(self, r: State, params: Params, x: Array) -> State:
        """The field at a fixed point whose derivative ∂F/∂w is that of the exact gradient."""
        return fixed_point_residual(self, r, params, x)

    def estimated_error(
        self, params: Params, data: Points, r: State, grads: Params, loss: Loss, with_stability: bool
    ) -> accuracy.Estimate:
        """How far the gradient ``grads`` of these samples is from the exact one; pure.

        The exact one is that at the fixed points which Newton's method finds from the states r.
        """

        def near(r, x):
            vector, field, unravel = self._as_vectors(r, params, x)
            new, found = accuracy.fixed_point_near(field, vector, lambda v: ravel_pytree(self.project(unravel(v)))[0])
            return unravel(new), found | (largest(field(new)) <= self.default_tol)

        def growth(r, x):
            vector, field, _ = self._as_vectors(r, params, x)
            return accuracy.growth_near(field, vector, self.dt if self.is_continuous else None)

        r, found = jax.vmap(near)(r, data.x)
        exact, least = self.exact_gradient(params, data, r, loss)
        _, exact = self.with_penalty(params, jnp.zeros((), self.dtype), exact)
        error = accuracy.relative_error(grads, exact, least)
        largest_growth = jnp.max(jax.vmap(growth)(r, data.x)) if with_stability else jnp.asarray(jnp.nan)
        return accuracy.Estimate(jnp.where(jnp.all(found), error, jnp.inf), jnp.all(found), largest_growth)

    def _as_vectors(self, r, params, x):
        """The state r of one sample as a vector, the field of such a vector, and the function that makes it a state."""
        vector, unravel = ravel_pytree(r)
        return vector, lambda v: ravel_pytree(fixed_point_residual(self, unravel(v), params, x))[0], unravel

    def _looks_at_stability(self, options):
        """Whether a fixed point may be unstable: a solver found it, or (in small networks) a phase was stopped."""
        sure = options['must_settle'] and (options['tol'] or 0) <= self.default_tol and options.get('steps') is None
        return options['solver'] != 'dynamics' or not (sure or self.state_size > 64)

    def _must_be_estimated(self, options, warn_above):
        return warn_above < math.inf and (self.may_be_inexact(options) or self._looks_at_stability(options))

    def _estimate(self, where, loss, options, data, key, most, result=None, params=None):
        """The `Estimate` on at most ``most`` of the samples.

        ``result`` is the gradient and the end of the free phase of all samples; it saves a run where it can be used.
        ``params`` are the parameters, if they are not those of the network.
        """
        params = self.params_dict() if params is None else params
        with_stability = self._looks_at_stability(options)
        part = data if len(data.y) <= most else data.sample(accuracy.evenly_chosen(len(data.y), most))
        if result is None or part is not data:
            _, grads, report, free = self._run(loss, options)(params, part, key)
            self.check_report(where, report)
        else:
            grads, free = result

        def pure(params, part, r, grads):
            return self.estimated_error(params, part, r, grads, loss, with_stability)

        run = self.compiled(('error', loss, with_stability), lambda: jax.jit(pure), reads=[loss.function])
        found = run(params, part, free.r, grads)
        if found.found:
            return found
        # Newton's method has failed. It starts again after more steps of the network.
        further = self.compiled(('further steps',), lambda: jax.jit(self._after_further_steps))
        return run(params, part, further(params, part, free.r), grads)

    def _after_further_steps(self, params, data, r):
        """The states of all samples after 1000 more steps."""
        return jax.vmap(lambda r, x: self.settled(r, params, x, self.default_tol, 1000).r)(r, data.x)

    def _estimate_in_training(self, loss, options, warn_above):
        """The function of (params, batch, key, epoch) that estimates the error in a training; None: no estimate."""
        if not self._must_be_estimated(options, warn_above):
            return None
        told: set[str] = set()

        def estimate(params, batch, key, epoch):
            where, most = f'fit, epoch {epoch}', accuracy.MOST_SAMPLES_IN_TRAINING
            found = self._estimate(where, loss, options, batch, key, most, params=params)
            self._tell(where, found, options, warn_above, told)
            return float(found.error)

        return estimate

    def _tell(self, where, found, options, warn_above, told=None):
        """Warn of a large error and of an unstable fixed point; of each only once for a set ``told``."""
        told = set() if told is None else told
        who = f'{type(self).__name__}.{where}'
        if warn_above == math.inf:
            return
        if 'growth' not in told and accuracy.tell_growth(who, float(found.growth), self.dtype):
            told.add('growth')
        if 'error' in told or not self.may_be_inexact(options):
            return
        error, remedy = float(found.error), self.remedy(options)
        if error == math.inf:
            raise NotConvergedError(
                f'{who}: no fixed point with an invertible J was found near the state in which the free phase ended, '
                f'so the gradient means nothing. {remedy} warn_above=math.inf gives the gradient unchecked.'
            )
        if accuracy.tell_error(who, error, warn_above, remedy):
            told.add('error')

    # ---- checks --------------------------------------------------------------------------------------------------

    def check_points(
        self, x: ArrayLike | None, y: ArrayLike, alpha: ArrayLike | None = None, r0: StateLike | None = None
    ) -> Points:
        """The data as `Points`. One sample becomes a batch of one.

        Raises
        ------
        ShapeError, InvalidValueError
            As for `gradient`.
        """
        targets, single = self._targets(x, y)
        count = len(targets)
        inputs = self._inputs(x, count, single)
        weights = self._sample_weights(alpha, count)
        for name, a in (('x', inputs), ('y', targets), ('alpha', weights), *self.params_dict().items()):
            self.check_finite(name, a)
        return Points(inputs, targets, weights, self.starting_state(r0, count))

    def _targets(self, x, y):
        """The targets (B, n_out), and whether y is one sample without a leading axis."""
        shape = self.output_shape
        y = self.as_array('y', y)
        if shape == (1,) and y.ndim < 2 and (y.ndim == 0 or np.ndim(x) == 2 or x is None):
            y = y[..., None]  # numbers, for a network with one output
        single = y.ndim == len(shape)
        targets = y[None] if single else y
        if targets.ndim != len(shape) + 1 or targets.shape[1:] != shape or 0 in targets.shape:
            expected = f'{_shape_text(shape)} or {_shape_text(("B", *shape))}'
            raise ShapeError(f'{type(self).__name__}.y: expected targets of shape {expected}, got {y.shape}.')
        return targets, single

    def _inputs(self, x, count, single):
        """The inputs (B, n_in) of ``count`` samples; zeros if there are none."""
        if x is None:
            return jnp.zeros((count,) if self.n_in is None else (count, self.n_in), self.dtype)
        x = self.as_array('x', x)
        inputs = x[None] if single else x
        if self.n_in == 1 and inputs.shape == (count,):
            inputs = inputs[:, None]
        if inputs.shape[:1] != (count,) or (self.n_in is not None and inputs.shape != (count, self.n_in)):
            size = '…' if self.n_in is None else self.n_in
            expected = f'{_shape_text((size,))} or {_shape_text(("B", size))}'
            raise ShapeError(
                f'{type(self).__name__}.x: expected inputs of shape {expected}, with B = {count} samples as in y, got '
                f'{x.shape}.'
            )
        return inputs

    def _sample_weights(self, alpha, count):
        """The weights (B,) of ``count`` samples; default 1/B each."""
        if alpha is None:
            return jnp.full(count, 1 / count, self.dtype)
        weights = self.as_array('alpha', alpha)
        weights = weights[None] if weights.ndim == 0 and count == 1 else weights
        if weights.shape != (count,):
            raise ShapeError(
                f'{type(self).__name__}.alpha: expected shape {(count,)}, a weight for each sample in y, got '
                f'{weights.shape}.'
            )
        return weights

    def check_options(self, options: Mapping[str, Any]) -> None:
        solver, tol, max_steps = options['solver'], options['tol'], options['max_steps']
        if solver not in SOLVERS:
            raise UnknownNameError(
                f'{type(self).__name__}.solver: expected one of {", ".join(SOLVERS)}, got {solver!r}.'
            )
        if not (tol is None or (isinstance(tol, (int, float)) and tol > 0)):
            raise self.invalid('tol', 'a number > 0, or None', repr(tol))
        if not is_count(max_steps):
            raise self.invalid('max_steps', 'an integer ≥ 1', repr(max_steps))
        warn_above = options['warn_above']
        if isinstance(warn_above, bool) or not (isinstance(warn_above, (int, float)) and warn_above > 0):
            raise self.invalid('warn_above', 'a number > 0, or math.inf', repr(warn_above))

    def check_model(self, data: Points) -> None:
        """Raise an error if the rule cannot train this model with its present parameters."""

    def check_loss(self, data: Points, loss: Loss, options: Mapping[str, Any]) -> None:
        """Raise an error if the rule cannot take the gradient of this loss with these options."""

    def check_memory_of(self, data: Points, **options: Any) -> None:
        """Raise `TooLargeError` if the rule needs more memory for these samples than is free."""
        count = len(data.y)
        self.check_memory(self.cost(count, **options).memory, f'{self.state_size} units and {count} samples')

    def check_report(self, where: str, report: Mapping[str, Any]) -> None:
        """Raise an error if the report shows that a phase diverged or did not settle.

        ``where`` is the method that ran the phases; the message names it.
        """
        who, residual = f'{type(self).__name__}.{where}', float(report['residual'])
        if not np.isfinite(residual):
            raise DivergedError(
                f'{who}: the network blew up in the free phase: its state became infinite or NaN. Is a fixed point '
                'stable for these parameters? Try smaller weights or a smaller dt.'
            )
        self.check_own_report(who, report)
        unsettled = int(report['unsettled'])
        if unsettled > 0:
            raise NotConvergedError(
                f'{who}: {unsettled} relaxation{"s" if unsettled > 1 else ""} did not settle. The largest |F| at the '
                f'end of the free phase was {residual:.2g}, after {int(report.get("steps", 0))} steps. Increase '
                'max_steps, tol or dt, choose another solver, or make the weights smaller; must_settle=False accepts '
                'states that have not settled.'
            )

    def check_own_report(self, who: str, report: Mapping[str, Any]) -> None:
        """Raise an error if a number that only this rule reports shows a failure.

        The report of `predict` does not contain these numbers, because it comes from the free phase alone.
        """

    def check_epoch(self, epoch: int, worst: Mapping[str, float]) -> None:
        self.check_report(f'fit, epoch {epoch}', worst)


class TargetedUpdates(PartOfModel):
    """The part of rules whose own phases a user can watch in a run. The target is the Variable ``y``."""

    def extra_variables(self) -> dict[str, Any]:
        """The target, 0 until `set_target` is called. A reset does not change it."""
        return {'y': ExtraVariable(self.batched(jnp.zeros(self.output_shape, self.dtype)), reset=False)}

    def set_target(self, y: ArrayLike) -> None:
        """Set the target y, (n_out,) or (B, n_out), that `update` uses from now on."""
        target = self.as_array('y', y)
        self.check_finite('y', target)
        shapes = (self.y.shape, self.output_shape)
        if target.shape not in shapes:
            expected = ' or '.join(dict.fromkeys(map(str, shapes)))
            raise ShapeError(f'{type(self).__name__}.y: expected a target of shape {expected}, got {target.shape}.')
        self.y.value = jnp.broadcast_to(target, self.y.shape)

    def slope(self, r: State, params: Params, y: Array, loss: Loss | None = None) -> State:
        """∂l/∂r of one sample in state r. It is complex if r is complex."""
        is_complex = any(map(jnp.iscomplexobj, jax.tree_util.tree_leaves(r)))
        loss = loss or self.loss
        return jax.grad(lambda r: loss(self.output(r, params), y), holomorphic=is_complex)(r)


def fixed_point_residual(net: Any, r: State, params: Params, x: Array) -> State:
    """What is 0 at a fixed point: F(r, w, x) of one sample, or clip(r + F) − r in a network with ``bounds``."""
    return net.at_rest(r, net.drift(r, params, x))


def gradient_from_adjoint(
    net: Any, params: Params, data: Points, r: State, v: State, loss: Loss, field: Any = None
) -> Params:
    """Σ_b α_b (v_b ∂F/∂w + ∂l_b/∂w) at the states r, with the adjoints v; both have a leading axis of samples.

    It is computed as the gradient, with respect to w, of the number Σ_b α_b (v_b·F(r_b, w, x_b) + l_b), where r and v
    are constants. So ∂F/∂w, a matrix of n rows and as many columns as there are parameters, is never formed. A function
    ``field(r, params, x)`` takes the place of F if it is given.
    """
    field = field or (lambda r, params, x: fixed_point_residual(net, r, params, x))

    def number(params):
        def of_sample(x, y, alpha, r, v):
            f = field(r, params, x)
            leaves = zip(jax.tree_util.tree_leaves(v), jax.tree_util.tree_leaves(f), strict=True)
            v_dot_f = sum(jnp.vdot(a, b) for a, b in leaves)
            return alpha * (v_dot_f + loss(net.output(r, params), y))

        return jnp.sum(jax.vmap(of_sample)(data.x, data.y, data.alpha, r, v))

    return jax.grad(number)(params)


def _shape_text(shape):
    """A shape as it stands in a message. Its entries are sizes or letters: ('B', 3) → "(B, 3)"."""
    return str(tuple(shape)).replace("'", '')
