"""`Rule`: what all learning rules share: how a rule is combined with a model, its options, its training."""

import abc
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import optax

from ratezoo.capabilities import Capability, HasPenalty
from ratezoo.compiled import UnwrappedLoss
from ratezoo.errors import CompositionError, InvalidValueError, ShapeError, TooLargeError, UnknownNameError
from ratezoo.hooks import tuple_of_parameters
from ratezoo.learning.history import History
from ratezoo.learning.training import Training
from ratezoo.memory import Cost, free_memory
from ratezoo.model import RateModel
from ratezoo.registry import suggest
from ratezoo.types import Array, Loss, Params, PartOfModel


def half_squared_error(output: Array, target: Array) -> Array:
    """½‖output − target‖²."""
    return 0.5 * jnp.sum((output - target) ** 2)


_LEARNING_RATE = ('lr', 'rate', 'learning_rate', 'learningrate', 'eta', 'step_size')  # what users call it


class Rule(abc.ABC, PartOfModel):
    """A learning rule. A network that learns is a class with two bases, first the rule and then the model::

        class Net(RTRL, RateRNN):
            ...

    A rule computes gradients. It never changes a parameter: an optimiser of optax does that.

    A new rule seldom derives from this class directly. It derives from `OnlineRule` (a gradient at every step), from
    `TrajectoryRule` (the gradient of a complete sequence) or from `FixedPointRule` (the gradient at a fixed point).
    Each of these classes says which methods a rule must give. This class says what every rule may give.

    Class attributes that a rule may give
    -------------------------------------
    exact : True or str
        Whether the gradient is exact: True, or a sentence that says when it is exact, or what the rule drops.
    options : tuple of str
        The names of the rule's options. An option is a keyword argument of `gradient` and `fit`. Its default is the
        class attribute of the same name. A value set on a network, such as ``net.nudge = 0.1``, is the default of that
        network. Default (): no options.
    needs : tuple of Capability
        What the model must have beyond F (`ratezoo.capabilities`). A model without it is refused when the class is
        defined. Default (): nothing.
    stochastic : bool
        Whether the rule draws random numbers. Default False.
    follows_the_gradient : bool
        Whether an optimiser follows the rule's gradient. Default True. It is False for `FORCE`, which is an optimiser
        itself.
    learns : str
        'trajectories', 'fixed points' or 'densities'.
    exact_counterpart : str or None
        The name of the exact rule with whose gradient `compare` compares this rule's gradient.
    loss : callable
        The loss of one output, ``loss(output, target)`` → one number. Default ½‖output − target‖².
    default_optimizer : optax.GradientTransformation
        The optimiser of `fit` if the user gives none. Default ``optax.adam(1e-3)``.

    Methods that a rule may give
    ----------------------------
    `check_options`, `prepare`, `is_exact`, `check_epoch`, `finish_training`. By default they check nothing further.

    Attributes of a network, set by `prepare`
    -----------------------------------------
    step_params : tuple of str
        The parameters that the model's step reads. The other parameters act on the output alone.
    output_shape : tuple of int
        The shape of the output of one sample.
    """

    options: tuple[str, ...] = ()
    exact: bool | str = 'approximate: the rule does not say what it drops'
    needs: tuple[type[Capability], ...] = ()
    stochastic: bool = False
    follows_the_gradient: bool = True
    learns: str = ''
    exact_counterpart: str | None = None
    loss = staticmethod(half_squared_error)
    default_optimizer: optax.GradientTransformation = optax.adam(1e-3)
    step_params: tuple[str, ...]
    output_shape: tuple[int, ...]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        order = cls.__mro__
        models = [i for i, c in enumerate(order) if issubclass(c, RateModel) and not issubclass(c, Rule)]
        rules = [i for i, c in enumerate(order) if issubclass(c, Rule) and not issubclass(c, RateModel)]
        if not (models and rules):
            return
        model, rule = order[min(models)], order[min(rules)]
        if min(models) < min(rules):
            raise CompositionError(
                f'{cls.__name__}: expected the rule before the model, got the model first. Write '
                f'class {cls.__name__}({rule.__name__}, {model.__name__}).'
            )
        chosen = [c.__name__ for c in cls.__bases__ if issubclass(c, Rule) and not issubclass(c, RateModel)]
        if len(chosen) > 1:
            raise CompositionError(
                f'{cls.__name__}: expected one rule and a model, got the rules {", ".join(chosen)}. Make a class '
                'for each rule.'
            )
        cls._check_model(rule, model)

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Raise `CompositionError` if a rule is constructed without a model."""
        if not issubclass(cls, RateModel):
            raise CompositionError(
                f'{cls.__name__}: a rule alone is no network. Combine it with a model: class Net({cls.__name__}, '
                'ratezoo.RateRNN).'
            )
        return super().__new__(cls)

    @classmethod
    def _check_model(cls, rule, model):
        """Raise `CompositionError` if the model has no gradient, or lacks a capability that the rule needs."""
        if not model.differentiable:
            raise CompositionError(
                f'{cls.__name__}: {model.__name__} takes steps that have no gradient, so no rule can train it. It may '
                'have a method of its own for learning, such as store.'
            )
        for capability in cls.needs:
            if not issubclass(cls, capability):
                meaning = inspect.getdoc(capability).splitlines()[0]
                raise capability.missing(
                    f'{cls.__name__}: the rule {rule.__name__} needs more of a model than F, and {model.__name__} is '
                    f'not a {capability.__name__} (ratezoo.capabilities): {meaning} Use another rule, or derive the '
                    f'model from {capability.__name__}.'
                )

    @property
    def is_exact(self) -> bool:
        """Whether the gradient is exact with the network's present options."""
        return self.exact is True

    def prepare(self) -> None:
        """Find out what the rule must know of the model, such as ``step_params``.

        It is called once, when the network has been constructed. A rule that overrides it calls ``super().prepare()``
        first.
        """
        super().prepare()  # type: ignore[misc]  # the method of the model, which comes after the rule
        for name in self.options:
            if name in vars(self):
                raise CompositionError(
                    f'{type(self).__name__}.{name}: the rule has an option {name!r}, and the model has an attribute of '
                    'the same name. Rename the attribute of the model.'
                )
        if not self.params:
            names = tuple_of_parameters(self)
            raise CompositionError(
                f'{type(self).__name__}.params: expected at least one parameter, got none: there is nothing to train '
                f'in this model.{f" Name what it shall learn: params = {names}." if names != "()" else ""}'
            )
        read = self.parameters_read_by(self.step)
        self.step_params = tuple(self.params) if read is None else read
        self.output_shape = jax.eval_shape(self.output, self.initial_state(), self.params_dict()).shape

    def check_options(self, options: Mapping[str, Any]) -> None:
        """Raise `InvalidValueError` if the value of an option is not allowed. Default: every value is allowed.

        Parameters
        ----------
        options : dict
            Name → value, with one entry for each name in the class attribute ``options``.
        """

    def with_penalty(self, params: Params, value: Array, grads: Params) -> tuple[Array, Params]:
        """Add the model's penalty to the loss ``value``, and its gradient to ``grads``. Most models have none."""
        if not isinstance(self, HasPenalty):
            return value, grads
        penalty, penalty_grads = jax.value_and_grad(self.penalty)(params)
        return value + penalty, jax.tree_util.tree_map(jnp.add, grads, penalty_grads)

    # ---- training ------------------------------------------------------------------------------------------------

    def run_training(
        self,
        kind: tuple[Any, ...],
        update: Callable[..., Any],
        data: Any,
        batched: bool,
        epochs: int,
        optimizer: optax.GradientTransformation | None,
        batch_size: int | None,
        seed: int,
        progress: bool,
        checkpoint: str | Path | None,
        estimate: Callable[..., float] | None = None,
    ) -> History:
        """Run the loop over the epochs. The `fit` of a rule ends with this call; for the arguments see `Training`."""
        training = Training(
            self, kind, update, data, batched, optimizer or self.default_optimizer, batch_size, seed, estimate
        )
        return training.run(epochs, progress, checkpoint)

    def check_epoch(self, epoch: int, worst: Mapping[str, float]) -> None:
        """Raise an error if a number that the rule reports shows that training must stop. Default: never.

        Parameters
        ----------
        epoch : int
            The number of the epoch that has ended, from 1.
        worst : dict
            Name → the largest value in this epoch of each number that the rule reports beside the loss, such as the
            residual of a relaxation.
        """

    def finish_training(self, state: Any) -> None:
        """Do what the rule has to do after training. Default: nothing.

        Parameters
        ----------
        state : Any
            The last state of the optimiser.
        """

    def draw_key(self, seed: int | None) -> Array | None:
        """The JAX key for the network's noise and for the rule's random numbers; None if there are neither.

        Parameters
        ----------
        seed : int or None
            The seed of the key. None: the network's own seed.
        """
        if not (self.noisy or self.stochastic):
            return None
        return jax.random.PRNGKey(self.seed if seed is None else seed)

    def check_memory(self, need: int, what: str) -> None:
        """Raise `TooLargeError`, before anything is compiled, if the rule would store more bytes than are free.

        Parameters
        ----------
        need : int
            The bytes that the rule would store.
        what : str
            What the bytes are for, as it is named in the message.
        """
        free = free_memory()
        if need > free:
            raise TooLargeError(
                f'{type(self).__name__}: the rule would keep {need / 2**30:.3g} GiB for {what}, but only '
                f'{free / 2**30:.3g} GiB of memory are free. Use fewer units, fewer steps or smaller batches, or a '
                'rule that needs less memory; net.cost estimates the memory.'
            )

    def _cost(self, numbers, operations, batch):
        """The `Cost` of ``batch`` samples (None: one), from the numbers and the operations of one sample."""
        samples = batch or 1
        return Cost(int(numbers * self.dtype.itemsize * samples), int(operations * samples))

    def problem_sizes(self) -> tuple[int, int, int]:
        """(n, m, total): the number of units, of the numbers in ``step_params``, and of those in all parameters."""
        sizes = {p: v.size for p, v in self.params_dict().items()}
        return self.state_size, sum(sizes[p] for p in self.step_params), sum(sizes.values())

    @property
    def state_size(self) -> int:
        """N, the number of units in all states together."""
        return sum(self.sizes.values())

    def all_options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """A value for every option of the rule: the ``given`` one, or else the default. The values are checked."""
        for name in given:
            if name not in self.options:
                raise UnknownNameError(
                    f'{type(self).__name__}: no option {name!r}. The rule has: {", ".join(self.options) or "none"}.'
                    f'{self._remedy_of_option(name)}'
                )
        options = {name: given.get(name, getattr(self, name)) for name in self.options}
        self.check_options(options)
        return options

    def _remedy_of_option(self, name):
        """What to do about an option that does not exist, as a sentence after a blank; '' if nothing is known."""
        if name in _LEARNING_RATE:
            return ' The learning rate belongs to the optimiser: fit(…, optimizer=optax.adam(0.001)).'
        arguments = [n for n, p in inspect.signature(self.fit).parameters.items() if p.kind is not p.VAR_KEYWORD]
        if name in arguments:
            return ' fit has an argument of this name.'
        return suggest(name, [*self.options, *arguments])

    def loss_function(self, loss: Loss | None, shape: tuple[int, ...]) -> UnwrappedLoss:
        """The loss to be used, checked: it must give one number.

        Parameters
        ----------
        loss : callable or None
            ``loss(output, target)``. None: the loss of the class.
        shape : tuple of int
            The shape of one output, and of one target.
        """
        loss = self.loss if loss is None else loss
        if not callable(loss):
            raise InvalidValueError(f'{type(self).__name__}.loss: expected loss(output, target), got {loss!r}.')
        unwrapped = UnwrappedLoss(loss)

        def shape_of_result():
            output = jax.ShapeDtypeStruct(shape, self.dtype)
            return getattr(jax.eval_shape(unwrapped, output, output), 'shape', None)

        key = ('shape of the loss', unwrapped, shape)
        got = self.compiled(key, shape_of_result, reads=[unwrapped.function])
        if got != ():
            raise ShapeError(
                f'{type(self).__name__}.loss: expected one number for a step, got shape {got}. Sum over the outputs.'
            )
        return unwrapped
