"""`Rule`: what all rules have in common: how they are composed with a model, their options, the training loop."""

import abc
import inspect

import jax
import jax.numpy as jnp
import optax

from ratezoo.capabilities import HasPenalty
from ratezoo.compiled import UnwrappedLoss
from ratezoo.errors import CompositionError, InvalidValueError, ShapeError, TooLargeError, UnknownNameError
from ratezoo.learning.training import Training
from ratezoo.memory import Cost, free_memory
from ratezoo.model import RateModel


def half_squared_error(output, target):
    """½‖output − target‖²."""
    return 0.5 * jnp.sum((output - target) ** 2)


class Rule(abc.ABC):                                                                    # noqa: B024
    """A learning rule. It is written before a model, and the network then learns by it: ``class Net(RTRL, RateRNN)``.

    Most rules are a `TrajectoryRule`, an `OnlineRule` or a `FixedPointRule`, which say what they must give. A rule never
    changes weights itself: an optimiser does.

    Attributes
    ----------
    options : tuple of str
        What a user can choose: keyword arguments of `gradient` and `fit`. Their defaults are class attributes of the
        same names; an attribute set on the network, ``net.nudge = 0.1``, is that network's default.
    exact : True or str
        Whether the gradient is exact: True, or a sentence that says when it is or what it drops.
    needs : tuple of Capability
        What the rule asks of a model beyond F. Default: nothing.
    stochastic : bool
        Whether the rule draws random numbers. Default False.
    follows_the_gradient : bool
        Whether an optimiser follows the rule's gradient. Default True; False for `FORCE`, which is an optimiser itself.
    learns : str
        'trajectories', 'fixed points' or 'densities'.
    exact_counterpart : str or None
        The name of the rule whose gradient `compare` takes as the exact one.
    step_params : tuple of str
        The parameters that the model's step reads. The others act on the output alone.
    output_shape : tuple of int
        The shape of the output of one sample.
    """

    options = ()
    exact = 'approximate: the rule does not say what it drops'
    needs = ()
    stochastic = False
    follows_the_gradient = True
    learns = ''
    exact_counterpart = None
    loss = staticmethod(half_squared_error)
    default_optimizer = optax.adam(1e-3)

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        order = cls.__mro__
        models = [i for i, c in enumerate(order) if issubclass(c, RateModel) and not issubclass(c, Rule)]
        rules = [i for i, c in enumerate(order) if issubclass(c, Rule) and not issubclass(c, RateModel)]
        if models and rules and min(models) < min(rules):
            raise CompositionError(f'{cls.__name__}: the rule goes before the model, class {cls.__name__}('
                                   f'{order[min(rules)].__name__}, {order[min(models)].__name__}).')
        if models and rules:
            model = order[min(models)]
            if not model.differentiable:
                raise CompositionError(f'{cls.__name__}: {model.__name__} takes steps that have no gradient, and no '
                                       'rule can train it. Look at its own methods, such as store.')
            for capability in cls.needs:
                if not issubclass(cls, capability):
                    raise capability.missing(
                        f'{cls.__name__}: the rule {order[min(rules)].__name__} needs more of a model than F, and '
                        f'{order[min(models)].__name__} is not a {capability.__name__} '
                        f'(ratezoo.capabilities): {inspect.getdoc(capability).splitlines()[0]}')

    @property
    def is_exact(self):
        """Whether the gradient is exact with the network's present options."""
        return self.exact is True

    def prepare(self):
        """Find what the rule must know of the model; called once, when the network has been constructed."""
        super().prepare()
        for name in self.options:
            if name in vars(self):
                raise CompositionError(f'{type(self).__name__}.{name}: the rule has an option of this name, and the '
                                       f'model an attribute {name!r}. Rename it in the model.')
        if not self.params:
            raise CompositionError(f'{type(self).__name__}: there is nothing to train in this model; its params are '
                                   'empty.')
        read = self.parameters_read_by(self.step)
        self.step_params = tuple(self.params) if read is None else read
        self.output_shape = jax.eval_shape(self.output, self.initial_state(), self.params_dict()).shape

    def check_options(self, options):
        """Raise `InvalidValueError` for an option that can't be; ``options`` holds a value for each name."""

    def with_penalty(self, params, value, grads):
        """Loss and gradient with the penalty of a model that has one."""
        if not isinstance(self, HasPenalty):
            return value, grads
        more, slope = jax.value_and_grad(self.penalty)(params)
        return value + more, jax.tree_util.tree_map(jnp.add, grads, slope)

    # ---- training ------------------------------------------------------------------------------------------------

    def run_training(self, kind, update, data, batched, epochs, optimizer, batch_size, seed, progress, checkpoint):
        """Run the loop over epochs (`ratezoo.learning.training`); a rule's `fit` ends with this call."""
        training = Training(self, kind, update, data, batched, optimizer or self.default_optimizer, batch_size, seed)
        return training.run(epochs, progress, checkpoint)

    def check_epoch(self, epoch, worst):
        """Raise an error if a number that the rule reports shows that training must stop.

        ``worst`` holds, by name, the largest value of each number in this epoch, such as the residual of a relaxation.
        """

    def finish_training(self, state):
        """Called after training with the last state of the optimiser."""

    def draw_key(self, seed):
        """The key of the network's noise and of the rule's random numbers; None if there are neither."""
        if not (self.noisy or self.stochastic):
            return None
        return jax.random.PRNGKey(self.seed if seed is None else seed)

    def check_memory(self, need, what):
        """Raise before anything is compiled if the rule would keep more bytes than are free."""
        free = free_memory()
        if need > free:
            raise TooLargeError(f'{type(self).__name__}: the rule would keep {need / 2 ** 30:.3g} GiB for {what}, and '
                                f'{free / 2 ** 30:.3g} GiB are free. Use fewer units, steps or samples at a time, or a '
                                'rule that keeps less (net.cost tells).')

    def _cost(self, numbers, operations, batch):
        return Cost(int(numbers * self.dtype.itemsize * (batch or 1)), int(operations * (batch or 1)))

    def problem_sizes(self):
        """Numbers of units, of parameters in the step, and of parameters in all."""
        sizes = {p: v.size for p, v in self.params_dict().items()}
        return self.state_size, sum(sizes[p] for p in self.step_params), sum(sizes.values())

    @property
    def state_size(self):
        """N, the number of units in all states."""
        return sum(self.sizes.values())

    def all_options(self, given):
        """A value for each of the rule's options: the given one, or the class's default."""
        for name in given:
            if name not in self.options:
                raise UnknownNameError(f'{type(self).__name__}: no option {name!r}. '
                                       f'The rule has: {", ".join(self.options) or "none"}.')
        options = {name: given.get(name, getattr(self, name)) for name in self.options}
        self.check_options(options)
        return options

    def loss_function(self, loss, shape):
        """The loss given, or the class's; a function of output and target that gives one number."""
        loss = self.loss if loss is None else loss
        if not callable(loss):
            raise InvalidValueError(f'{type(self).__name__}.loss: expected loss(output, target), got {loss!r}.')
        loss = UnwrappedLoss(loss)

        def shape_of_one():
            one = jax.ShapeDtypeStruct(shape, self.dtype)
            return getattr(jax.eval_shape(loss, one, one), 'shape', None)
        got = self.compiled(('shape of the loss', loss, shape), shape_of_one, reads=[loss.function])
        if got != ():
            raise ShapeError(f'{type(self).__name__}.loss: expected one number for a step, got shape {got}. Sum over '
                             'the outputs.')
        return loss
