"""`TrajectoryRule`: what all rules share that learn a trajectory, l = Σ_t α_t l_t(output_t, y_t)."""

import abc
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from ratezoo.checks import of_a_network
from ratezoo.errors import DivergedError, ShapeError
from ratezoo.learning import accuracy
from ratezoo.learning.history import History
from ratezoo.learning.rule import Rule
from ratezoo.memory import Cost
from ratezoo.types import Array, ArrayLike, Loss, Params, State, StateLike

_MOST_SEQUENCES = 4  # on which an error is estimated


class Trajectories(NamedTuple):
    """The data of `gradient` and `fit`, checked, as arrays.

    Attributes
    ----------
    x : array (T, n_in) or (B, T, n_in)
        Inputs.
    y : array (T, n_out) or (B, T, n_out)
        Targets.
    alpha : array (T,) or (B, T)
        Weight of each step in the loss. In a batch whose samples share the weights it is (T,).
    r0 : array (n,) or (B, n), or dict of such arrays by state
        State before the first step.
    """

    x: Array
    y: Array
    alpha: Array
    r0: State

    def sample(self, index: np.ndarray) -> 'Trajectories':
        """Of a batch, the samples whose numbers are in the array ``index``."""
        tree_map = jax.tree_util.tree_map
        return Trajectories(
            tree_map(lambda a: a[index], self.x),
            self.y[index],
            self.alpha[index] if self.alpha.ndim == 2 else self.alpha,
            tree_map(lambda a: a[index], self.r0),
        )


class TrajectoryRule(Rule):
    """A rule that trains a `RateModel` on trajectories. It is a base of the network, before the model::

        class Net(RTRL, LinearRNN):
            ...

    A new rule derives from this class if it computes its gradient from a complete sequence, as `BPTT` does. It derives
    from `OnlineRule` if it knows a gradient at every step.

    A rule must give one method:

    - `loss_and_gradient`: the loss and the gradient of a sequence or of a batch of sequences, pure.

    It may also give:

    - `cost_per_sample`: an estimate of memory and operations. Default: the estimate for a rule that stores the state at
      every step.
    - the attributes and methods that every `Rule` may give: ``exact``, ``options``, ``needs``, `check_options`, ….

    `gradient`, `fit`, `predict` and `cost` follow from these methods.
    """

    learns = 'trajectories'
    exact_counterpart = 'BPTT'

    # ---- what a rule gives ---------------------------------------------------------------------------------------

    @abc.abstractmethod
    def loss_and_gradient(
        self, params: Params, data: Trajectories, key: Array | None, loss: Loss, batched: bool, **options: Any
    ) -> tuple[Array, Params, Array]:
        """The loss and the gradient. This function is pure: it reads the parameters from ``params`` alone.

        Parameters
        ----------
        params : dict
            Parameter name → array.
        data : Trajectories
            The data; each array has a leading axis B if ``batched``.
        key : JAX key or None
            For the network's noise (see `draw_noise`) and the rule's random numbers. None if there are neither.
        loss : callable
            l_t as ``loss(output, target)``, one number, of one sample at one step.
        batched : bool
            Whether the data are a batch.
        **options
            A value for every option of the rule.

        Returns
        -------
        loss : array ()
            l = Σ_t α_t l_t; of a batch the mean.
        grads : dict
            Name of every parameter → dl/dw, of the parameter's shape; of a batch the mean.
        losses : array (T,)
            α_t l_t of each step; of a batch the mean.
        """

    def cost_per_sample(self, n: int, m: int, total: int, T: int, **options: Any) -> tuple[float, float]:
        """An estimate of what `loss_and_gradient` needs for one sample.

        Parameters
        ----------
        n : int
            Number of units in all states.
        m : int
            Number of entries of the parameters that the step reads (``step_params``).
        total : int
            Number of entries of all parameters.
        T : int
            Number of steps.
        **options
            A value for every option of the rule.

        Returns
        -------
        numbers : float
            How many numbers the rule stores at the same time.
        operations : float
            How many multiplications and additions it makes in a step.
        """
        return 2 * n * T + 2 * total, 6 * total

    def estimates_error(self, options: Mapping[str, Any]) -> bool:
        """Whether the rule can estimate how far its gradient with these options is from the exact one. Default: no.

        A rule that can has the option ``warn_above``, and the methods `estimated_error` and `remedy`.
        """
        return False

    def estimated_error(
        self, params: Params, data: Trajectories, key: Array | None, loss: Loss, batched: bool, **options: Any
    ) -> Array:
        """‖g − g_exact‖/‖g_exact‖ for these data; pure. The arguments are those of `loss_and_gradient`."""
        raise NotImplementedError

    def remedy(self, options: Mapping[str, Any]) -> str:
        """What makes the gradient more accurate than with these options: a sentence for the warning."""
        raise NotImplementedError

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
        """The loss and the gradient of a trajectory, or their means over a batch. The network does not change.

        Parameters
        ----------
        x : array (T, n_in) or (B, T, n_in)
            Inputs. A network with a single input also accepts (T,). None: no input.
        y : array (T, n_out) or (B, T, n_out)
            Targets of the output after each step. A network with a single output also accepts (T,).
        alpha : array (T,) or (B, T), optional
            Weight α_t of each step in l = Σ_t α_t l_t. A step with weight 0 has no target. Default 1/T each.
        r0 : array (n,) or (B, n), or dict of such arrays by state, optional
            State before the first step. Default: the initial state.
        loss : callable, optional
            l_t as ``loss(output, target)``. Default ½‖output − target‖².
        seed : int, optional
            Seed of the network's noise and of the rule's random numbers. None: the network's own seed.
        with_error : bool
            Return the relative error of the gradient, too. Default False.
        **options
            The options of the rule; see the docstring of its class.

        Returns
        -------
        loss : float
            l = Σ_t α_t l_t.
        grads : dict
            Parameter name → dl/dw, of the parameter's shape.
        error : float or None
            Only ``with_error``: 0 for an exact rule; an estimate of ‖g − g_exact‖/‖g_exact‖ for a rule that can
            estimate it (`BPTT` with ``truncate``). None for a rule that drops terms or draws random numbers: `compare`
            measures its error.

        Raises
        ------
        ShapeError, InvalidValueError
            The shapes of the arrays do not fit together, or an array contains NaN or infinity.
        DivergedError
            The loss or the gradient is not finite. The message names the step.
        TooLargeError
            The rule needs more memory than is free. `cost` estimates the memory that it needs.

        Warns
        -----
        InaccurateGradientWarning
            The rule estimates its error, and it is above the option ``warn_above``.
        """
        data, batched = self.check_trajectories(x, y, alpha, r0)
        l_t = self.loss_function(loss, data.y.shape[1 + batched :])
        options = self.all_options(options)
        warn_above = options.pop('warn_above', math.inf)
        self.check_memory_of(data, batched, **options)

        def pure(params, data, key):
            value, grads, steps = self.loss_and_gradient(params, data, key, l_t, batched, **options)
            return *self.with_penalty(params, value, grads), steps

        compiled_key = ('gradient', l_t, batched, *options.items())
        run = self.compiled(compiled_key, lambda: jax.jit(pure), reads=[l_t.function])
        value, grads, steps = run(self.params_dict(), data, self.draw_key(seed))
        self._check_gradient(value, grads, steps)
        error = 0.0 if self.exact is True else None
        if self.estimates_error(options) and (with_error or warn_above < math.inf):
            error = self._estimated_error(self.params_dict(), data, self.draw_key(seed), l_t, batched, options)
            accuracy.tell_error(f'{type(self).__name__}.gradient', error, warn_above, self.remedy(options))
        return (float(value), grads, error) if with_error else (float(value), grads)

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
        """Train the parameters on trajectories. Afterwards the network has the parameters of the last epoch.

        Parameters
        ----------
        x, y, alpha, r0, loss, **options
            As in `gradient`.
        epochs : int
            Number of passes over the data. Default 100.
        optimizer : optax.GradientTransformation, optional
            The optimiser. Default ``optax.adam(1e-3)``.
        batch_size : int, optional
            Number of samples per update. The samples are shuffled in each epoch; the last batch may be smaller. None
            (default): all samples.
        seed : int
            Seed of the shuffling, of the network's noise and of the rule's random numbers. Default 0.
        progress : bool
            Whether to show a progress bar. Default True.
        checkpoint : str or Path, optional
            A file (.npz). It is written every ten seconds, at the end, and when the run is interrupted. If the file
            exists, training continues from it, with the same result as a run without interruption. If the file already
            has ``epochs`` epochs, nothing more is trained.

        Returns
        -------
        History
            Loss and time of each epoch; ``history.plot()`` draws them.

        Raises
        ------
        DivergedError
            The loss or a parameter became infinite or NaN. The network keeps the last good parameters.
        CheckpointError
            The checkpoint is damaged or belongs to another run.
        """
        data, batched = self.check_trajectories(x, y, alpha, r0)
        l_t = self.loss_function(loss, data.y.shape[1 + batched :])
        options = self.all_options(options)
        warn_above = options.pop('warn_above', math.inf)
        self.check_memory_of(data, batched, **options)
        optimizer = optimizer or self.default_optimizer

        def update(params, state, data, key):
            value, grads, _ = self.loss_and_gradient(params, data, key, l_t, batched, **options)
            value, grads = self.with_penalty(params, value, grads)
            updates, state = optimizer.update(grads, state, params)
            return optax.apply_updates(params, updates), state, {'loss': value}

        kind = ('fit', l_t, batched, *options.items())
        estimate = self._estimate_in_training(l_t, batched, options, warn_above)
        return self.run_training(
            kind, update, data, batched, epochs, optimizer, batch_size, seed, progress, checkpoint, estimate
        )

    def _estimated_error(self, params, data, key, loss, batched, options):
        """The estimate on at most four of the sequences."""
        if batched and len(data.y) > _MOST_SEQUENCES:
            data = data.sample(accuracy.evenly_chosen(len(data.y), _MOST_SEQUENCES))

        def pure(params, data, key):
            return self.estimated_error(params, data, key, loss, batched, **options)

        compiled_key = ('error', loss, batched, *options.items())
        return float(self.compiled(compiled_key, lambda: jax.jit(pure), reads=[loss.function])(params, data, key))

    def _estimate_in_training(self, loss, batched, options, warn_above):
        """The function of (params, batch, key, epoch) that estimates the error in a training; None: no estimate."""
        if not (self.estimates_error(options) and warn_above < math.inf):
            return None
        told: list[int] = []

        def estimate(params, batch, key, epoch):
            error = self._estimated_error(params, batch, key, loss, batched, options)
            who = f'{type(self).__name__}.fit, epoch {epoch}'
            if not told and accuracy.tell_error(who, error, warn_above, self.remedy(options)):
                told.append(epoch)
            return error

        return estimate

    @of_a_network
    def predict(self, x: ArrayLike, r0: StateLike | None = None, *, seed: int | None = None) -> Array:
        """Run the network over an input. The network does not change.

        Parameters
        ----------
        x : array (T, n_in) or (B, T, n_in)
            Inputs. A network with a single input also accepts (T,).
        r0 : array (n,) or (B, n), or dict of such arrays by state, optional
            State before the first step. Default: the initial state.
        seed : int, optional
            Seed of the network's noise. None: the network's own seed.

        Returns
        -------
        array (T, n_out) or (B, T, n_out)
            The output after each step.
        """
        inputs = self.as_array('x', x)
        lead = inputs.shape if inputs.ndim == 1 and self.n_in == 1 else inputs.shape[:-1]
        if len(lead) not in (1, 2):
            raise ShapeError(
                f'{type(self).__name__}.x: expected inputs of shape (T, n_in) or (B, T, n_in), got {inputs.shape}.'
            )
        no_targets = jnp.zeros((*lead, *self.output_shape), self.dtype)
        data, batched = self.check_trajectories(inputs, no_targets, None, r0)

        def pure(params, data, key):
            def one(data, noise):
                def step(r, inputs):
                    x, xi = inputs
                    r = self.noisy_step(r, params, x, xi)
                    return r, self.output(r, params)

                return jax.lax.scan(step, data.r0, (data.x, noise))[1]

            noise = self.draw_noise(key, data)
            if not batched:
                return one(data, noise)
            samples, axes = self.by_sample(data, noise)
            return jax.vmap(one, axes)(*samples)

        run = self.compiled(('predict', batched), lambda: jax.jit(pure))
        return run(self.params_dict(), data, self.draw_key(seed))

    def cost(self, T: int, batch: int | None = None, **options: Any) -> Cost:
        """Estimate the memory and the time that `gradient` needs.

        Parameters
        ----------
        T : int
            Number of steps.
        batch : int, optional
            Number of samples. Default: one sample.
        **options
            The options of the rule.

        Returns
        -------
        Cost
            ``memory``: bytes beside the data. ``operations``: multiplications and additions in a step. Both are
            estimates, counted from the arrays that the rule stores and multiplies. They are right to a factor of about
            two.
        """
        return self._cost(*self.cost_per_sample(*self.problem_sizes(), T, **self.all_options(options)), batch)

    def check_memory_of(self, data: Trajectories, batched: bool, **options: Any) -> None:
        """Raise `TooLargeError`, before anything is compiled, if the data need more memory than is free."""
        T = data.y.shape[-2]
        need = self.cost(T, data.y.shape[0] if batched else None, **options).memory
        self.check_memory(need, f'{self.state_size} units and {T} steps')

    # ---- for rules that use a complete sequence ---------------------------------------------------------------------

    def draw_noise(self, key: Array | None, data: Trajectories) -> State | None:
        """Draw the network's noise for a run over ``data``; a run adds it to the state after each step.

        Returns
        -------
        array (T, n) or (T, B, n), or dict of such arrays by state; or None
            None if the network has no noise.
        """
        if not self.noisy:
            return None
        zeros = jax.tree_util.tree_map(jnp.zeros_like, data.r0)

        def draw(key, _):
            noise, key = self.perturb(zeros, key)
            return key, noise

        return jax.lax.scan(draw, key, None, length=data.y.shape[-2])[1]

    def noisy_step(self, r: State, params: Params, x: Array, noise: State | None) -> State:
        """One step of one sample, with the noise of this step added. None: no noise."""
        r = self.step(r, params, x)
        return r if noise is None else jax.tree_util.tree_map(jnp.add, r, noise)

    @staticmethod
    def by_sample(data: Trajectories, noise: State | None) -> tuple[tuple, tuple]:
        """Prepare a batch for `jax.vmap` over its samples: ``jax.vmap(function, axes)(*samples)``.

        Parameters
        ----------
        data : Trajectories
            A batch.
        noise : (T, B, n) or None
            The noise from `draw_noise`.

        Returns
        -------
        samples : tuple
            (data, noise), with the noise as (B, T, n).
        axes : tuple
            For each array, 0 if it has an axis of samples, or None if all samples share it.
        """
        axes: Any = (0, 0, 0 if data.alpha.ndim == 2 else None, 0)
        noise = jax.tree_util.tree_map(lambda a: a.swapaxes(0, 1), noise)
        return (data, noise), (Trajectories(*axes), None if noise is None else 0)

    # ---- checks --------------------------------------------------------------------------------------------------

    def check_trajectories(
        self, x: ArrayLike | None, y: ArrayLike, alpha: ArrayLike | None = None, r0: StateLike | None = None
    ) -> tuple[Trajectories, bool]:
        """Check the data of `gradient` and `fit`.

        Returns
        -------
        data : Trajectories
            The data as arrays whose shapes fit together.
        batched : bool
            Whether the data are a batch.

        Raises
        ------
        ShapeError, InvalidValueError
            The shapes do not fit together, or an array contains NaN or infinity.
        """
        x = None if x is None else self.as_array('x', x)
        targets, batched = self._targets(y, x)
        lead = targets.shape[: 1 + batched]  # (T,) or (B, T)
        inputs = self._inputs(x, lead, targets.shape)
        weights = self._weights(alpha, lead)
        for name, array in (('x', inputs), ('y', targets), ('alpha', weights)):
            self.check_finite(name, array)
        return Trajectories(inputs, targets, weights, self.starting_state(r0, lead[0] if batched else None)), batched

    def _targets(self, y, x):
        """y as an array (T, n_out) or (B, T, n_out), and whether it is a batch."""
        y, out = self.as_array('y', y), self.output_shape
        of_batch = y.ndim == 2 and x is not None and np.ndim(x) == 3 and y.shape[-1] != 1
        if out == (1,) and (y.ndim == 1 or of_batch):
            y = y[..., None]
        batched = y.ndim == len(out) + 2
        if y.shape[1 + batched :] != out or y.ndim not in (len(out) + 1, len(out) + 2) or 0 in y.shape:
            raise ShapeError(
                f'{type(self).__name__}.y: expected targets of shape {_shape("T", *out)} or {_shape("B", "T", *out)}, '
                f'because the output has shape {out}; got {y.shape}.'
            )
        return y, batched

    def _inputs(self, x, lead, shape_of_y):
        """x as an array with the leading axes ``lead`` of y, (T,) or (B, T)."""
        if x is None:
            x = jnp.zeros(lead if self.n_in is None else (*lead, self.n_in), self.dtype)
        if self.n_in == 1 and x.shape == lead:
            x = x[..., None]
        if x.shape[: len(lead)] != lead or (self.n_in is not None and x.shape != (*lead, self.n_in)):
            expected = _shape(*lead, self.n_in or 'n_in')
            raise ShapeError(
                f'{type(self).__name__}.x: expected inputs of shape {expected}, because y has shape {shape_of_y}; '
                f'got {x.shape}.'
            )
        return x

    def _weights(self, alpha, lead):
        """alpha as an array (T,), or (B, T) if it is given so."""
        T = lead[-1]
        alpha = jnp.full(T, 1 / T, self.dtype) if alpha is None else self.as_array('alpha', alpha)
        if alpha.shape not in ((T,), lead):
            shapes = ' or '.join(dict.fromkeys([str((T,)), str(lead)]))
            raise ShapeError(
                f'{type(self).__name__}.alpha: expected a weight for each of the {T} steps, shape {shapes}, got '
                f'{alpha.shape}.'
            )
        return alpha

    def _check_gradient(self, value, grads, steps):
        """Raise `DivergedError` if the loss ``value`` or a gradient is not finite; ``steps`` holds α_t l_t."""
        if np.isfinite(float(value)) and all(bool(jnp.all(jnp.isfinite(g))) for g in grads.values()):
            return
        bad = np.flatnonzero(~np.isfinite(np.asarray(steps)))
        if len(bad):
            problem = f'the loss is not finite at step {bad[0] + 1} of {len(steps)}'
        else:
            problem = 'the loss of every step is finite, but their sum or the gradient is not'
        raise DivergedError(
            f'{type(self).__name__}.gradient: the network blew up: {problem}. Try smaller weights or a smaller dt.'
        )


def _shape(*sizes):
    """A shape as text; a name stands for a size that is not fixed: (T, 3)."""
    return str(sizes).replace("'", '')
