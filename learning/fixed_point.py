"""`FixedPointRule`: what all rules of fixed points share.

The network settles at a fixed point r*, F(r*, w, x) = 0. The loss is that of its output there, l(output(r*), y).
"""

import abc
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from ratezoo.checks import is_count, of_a_network
from ratezoo.errors import DivergedError, NotConvergedError, ShapeError, UnknownNameError
from ratezoo.learning.history import History
from ratezoo.learning.rule import Rule
from ratezoo.memory import Cost
from ratezoo.relaxation import SOLVERS, FixedPoint
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
    """

    learns = 'fixed points'
    exact_counterpart = 'ImplicitGradient'
    options: tuple[str, ...] = ('tol', 'max_steps', 'solver', 'must_settle')
    numbers: tuple[str, ...] = ('tol',)  # the options that `gradient` can change without compiling again
    tol: float | None = None
    max_steps: int = 10_000
    solver: str = 'dynamics'
    must_settle: bool = True

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
        **options: Any,
    ) -> tuple[float, Params]:
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
        **options
            The options of the rule; see its class.

        Returns
        -------
        loss : float
        grads : dict
            Parameter name → dl/dw, of the parameter's shape.

        Raises
        ------
        ShapeError, InvalidValueError
            The shapes do not fit together. The data or the parameters contain NaN or infinity.
        NotConvergedError
            A phase has not settled.
        DivergedError
            The state became infinite or NaN.
        """
        value, grads, _ = self.measure(x, y, alpha, r0, loss, seed, **options)
        return value, grads

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
            Of each epoch the loss, the time, and the largest residual of the free phase.

        Raises
        ------
        NotConvergedError
            A phase has not settled. The network keeps the parameters of the last good epoch.
        DivergedError
            The loss or a parameter became infinite or NaN. The network keeps the parameters of the last good epoch.
        """
        data, loss, options = self._checked(x, y, alpha, r0, loss, options)
        optimizer = optimizer or self.default_optimizer

        def update(params, state, data, key):
            value, grads, report = self.loss_and_gradient(params, data, key, loss, **options)
            updates, state = optimizer.update(grads, state, params)
            return optax.apply_updates(params, updates), state, {'loss': value, **report}

        kind = ('fit', loss, *options.items())
        return self.run_training(kind, update, data, True, epochs, optimizer, batch_size, seed, progress, checkpoint)

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
        free = self.free_phase(params, data, **options)
        value = jnp.sum(data.alpha * jax.vmap(lambda r, y: loss(self.output(r, params), y))(free.r, data.y))
        grads, own_report = self.settled_gradient(params, data, free, loss, **options)
        report = self.report(free, **options)
        unsettled = report['unsettled'] + own_report['unsettled'] * options['must_settle']
        return *self.with_penalty(params, value, grads), {**report, **own_report, 'unsettled': unsettled}

    def measure(
        self,
        x: ArrayLike | None,
        y: ArrayLike,
        alpha: ArrayLike | None = None,
        r0: StateLike | None = None,
        loss: Loss | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> tuple[float, Params, dict[str, float]]:
        """Loss and gradient, as `gradient` returns them, and the report of all phases."""
        data, wrapped_loss, options = self._checked(x, y, alpha, r0, loss, options)
        options['tol'] = options['tol'] or self.default_tol
        # These options are arguments of the compiled function. The others are part of its key: a new value compiles.
        numbers = {name: options.pop(name) for name in self.numbers}

        def pure(params, data, key, numbers):
            return self.loss_and_gradient(params, data, key, wrapped_loss, **options, **numbers)

        key = ('gradient', wrapped_loss, *options.items())
        run = self.compiled(key, lambda: jax.jit(pure), reads=[wrapped_loss.function])
        value, grads, report = run(self.params_dict(), data, self.draw_key(seed), numbers)
        self.check_report('gradient', report)
        if not (np.isfinite(float(value)) and all(bool(jnp.all(jnp.isfinite(g))) for g in grads.values())):
            raise DivergedError(
                f'{type(self).__name__}.gradient: expected a finite loss and gradient, got NaN or infinity, although '
                'the free phase settled. Check the function loss=, and net.stability(r) at the fixed point.'
            )
        return float(value), grads, {name: float(number) for name, number in report.items()}

    def _checked(self, x, y, alpha, r0, loss, options):
        """The checked arguments of `gradient` and of `fit`: data, loss and options."""
        data = self.check_points(x, y, alpha, r0)
        loss = self.loss_function(loss, data.y.shape[1:])
        options = self.all_options(options)
        self.check_memory_of(data, **options)
        self.check_model(data)
        return data, loss, options

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

    def check_model(self, data: Points) -> None:
        """Raise an error if the rule cannot train this model with its present parameters."""

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


def gradient_from_adjoint(net: Any, params: Params, data: Points, r: State, v: State, loss: Loss) -> Params:
    """Σ_b α_b (v_b ∂F/∂w + ∂l_b/∂w) at the states r, with the adjoints v; both have a leading axis of samples.

    It is computed as the gradient, with respect to w, of the number Σ_b α_b (v_b·F(r_b, w, x_b) + l_b), where r and v
    are constants. So ∂F/∂w, a matrix of n rows and as many columns as there are parameters, is never formed.
    """

    def number(params):
        def of_sample(x, y, alpha, r, v):
            f = fixed_point_residual(net, r, params, x)
            leaves = zip(jax.tree_util.tree_leaves(v), jax.tree_util.tree_leaves(f), strict=True)
            v_dot_f = sum(jnp.vdot(a, b) for a, b in leaves)
            return alpha * (v_dot_f + loss(net.output(r, params), y))

        return jnp.sum(jax.vmap(of_sample)(data.x, data.y, data.alpha, r, v))

    return jax.grad(number)(params)


def _shape_text(shape):
    """A shape as it stands in a message. Its entries are sizes or letters: ('B', 3) → "(B, 3)"."""
    return str(tuple(shape)).replace("'", '')
