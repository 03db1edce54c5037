"""`RateModel`, the base of every model: it makes a network of a subclass's parameters and equation."""

import abc
import difflib
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import brainpy as bp
import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from ratezoo.checks import Checks, is_count, is_positive
from ratezoo.compiled import CompilesFunctions
from ratezoo.constants import KeepsConstants
from ratezoo.display import network_as_html, of_network
from ratezoo.equilibria import Settles
from ratezoo.errors import InvalidValueError, RateZooError, ShapeError, UnknownNameError
from ratezoo.example import Example
from ratezoo.hooks import (
    ARGUMENTS,
    check_class,
    checked_hook,
    checked_result,
    explanation,
    first_line,
    missing_parameter,
    not_constructed,
    wrong_arguments,
)
from ratezoo.integrators import LARGEST_STEP, METHODS
from ratezoo.noise import AddsNoise, OrnsteinUhlenbeck
from ratezoo.saving import Saves
from ratezoo.types import Array, ArrayLike, Params, State, StateLike
from ratezoo.variables import KeepsExtraVariables

tree_map = jax.tree_util.tree_map


class _PreparesAfterInit(abc.ABCMeta):
    """The metaclass of `RateModel`. It calls ``prepare()`` after the constructor.

    ``prepare()`` needs all parameters, and a subclass sets them after ``super().__init__`` has returned. So it can't be
    called from `RateModel.__init__`. The extra Variables come last: their shapes may depend on ``prepare()``.
    """

    def __call__(cls, *args, **kwargs):
        model = cls._construct(args, kwargs)
        model.prepare()
        model._create_extra_variables()
        model._arguments = args, kwargs
        model._attributes_as_made = dict(vars(model))
        return model

    def _construct(cls, args, kwargs):
        """A model after ``__init__``. Raises `InvalidValueError` if this did not call `RateModel.__init__` first."""
        model = cls.__new__(cls, *args, **kwargs)
        try:
            model.__init__(*args, **kwargs)
        except AttributeError as error:
            if 'sizes' in vars(model):
                raise
            raise not_constructed(cls) from error
        except TypeError as error:
            explained = wrong_arguments(cls, args, kwargs, error)
            if explained is error:
                raise
            raise explained from None
        if 'sizes' not in vars(model):
            raise not_constructed(cls)
        return model

    @property
    def __signature__(cls):
        """The arguments of the constructor. Without this, `inspect` would show those of ``__call__``."""
        return cls._signature()


class RateModel(
    Settles,
    KeepsConstants,
    KeepsExtraVariables,
    CompilesFunctions,
    AddsNoise,
    Checks,
    Saves,
    bp.DynamicalSystem,
    metaclass=_PreparesAfterInit,
):
    """A rate network dr/dt = F(r, w, x) as a BrainPy ``DynamicalSystem``.

    A subclass gives its parameters and its equation. All else follows: runs, fixed points, noise, batches, and the
    learning rules::

        class TanhRNN(ratezoo.RateModel):
            params = ('W',)

            def __init__(self, n):
                super().__init__(n, n_in=n)
                self.W = bm.TrainVar(jnp.zeros((n, n)))

            def F(self, r, params, x):
                return -r + jnp.tanh(params['W'] @ r + x)

    What a subclass must give:

    * ``params``: the names of its trainable parameters.
    * ``__init__``: it calls ``super().__init__`` first, and then sets each parameter as a ``bm.TrainVar`` of that name.
      `trainable` makes one from a number or an array.
    * ``F(r, params, x)`` in continuous time: it returns dr/dt. Or ``step(r, params, x)`` in discrete time: it returns
      the state after one step.

    What a subclass may give:

    * ``states``: the names of its states, if it has several or if the state has another name than 'r'.
    * ``output(r, params)``: it returns the output, an array of any shape. Default: the state.
    * ``initial_state()``: it returns the state after a reset. Default: zeros.
    * ``project(r)``: it brings the state back to where it may be, after each step. Default: into ``bounds``.
    * ``observe(r, params, x, axis)``: it writes Variables that monitors show, after each step.
    * ``extra_variables()``: it returns the Variables beside the state: name → value after a reset.
    * ``prepare()``: it does work that needs all parameters, once, after the constructor.
    * `Constant` attributes, for numbers that are not trained; `ratezoo.capabilities`, for an energy, a readout, ….

    ``F``, ``step``, ``output``, ``initial_state`` and ``project`` are pure functions of one sample, written with
    ``jax.numpy`` (the first four also with ``brainpy.math``). Their arguments, and the states that they return, have
    these forms:

    * ``r``: the state, an array (n,). A model with several states gets and returns a dict, name → array (n,).
    * ``params``: the parameters, a dict, name → array. F reads ``params['W']`` and not ``self.W``, because rules
      differentiate with respect to the arrays in ``params``.
    * ``x``: the input, an array (n_in,); zeros if a run has no input. If ``n_in`` is None, it has the shape that the
      user gives, and () if there is no input.

    Weights are ``W[post, pre]``: W @ r sums over presynaptic units. Batches follow BrainPy's ``mode``: with
    ``bm.BatchingMode(B)`` the state Variables have a leading axis B, and `update` maps ``step`` over it.

    Parameters
    ----------
    n : int, or dict of str to int
        Number of units; a dict gives one for each state.
    n_in : int, optional
        Number of inputs. None (default): x is not checked and is passed on as it comes. In a batching mode its first
        axis must then be the batch.
    method : str
        'euler' (default), 'exp_euler', 'rk2' or 'rk4'; see `ratezoo.integrators`.
    dt : float, optional
        Time step. None (default): BrainPy's ``bm.get_dt()``. The model then follows it when it changes.
    sigma : float, array (n,), or dict of them by state
        Amplitude of additive white noise: each step adds σ √Δt ξ, ξ ~ N(0, 1) (Euler–Maruyama), to every unit of
        every state. A dict: to the states that it names. Default 0.
    seed : int, optional
        Seed of the noise, and of random initial weights where a model has them. None (default): drawn from
        ``bm.random``. Two runs with one seed agree to the bit.
    mode, name : optional
        As in `brainpy.DynamicalSystem`.

    Attributes
    ----------
    params : tuple of str
        Names of the trainable parameters. Default: none.
    states : tuple of str
        Names of the state Variables. Default: 'r'.
    sizes : dict of str to int
        The number of units of each state.
    bounds : None, or (low, high)
        If given, `step` keeps every unit within [low, high]. These are the projected dynamics; their fixed points are
        r* = clip(r* + F(r*)). Default None.
    differentiable : bool
        Whether rules can train the model. Default True. False for states of ±1, which have no gradient.
    noise : OrnsteinUhlenbeck or None
        Coloured noise η, which is then the state 'eta'. Default None.
    example : Example
        The run that ``ratezoo simulate`` and `ratezoo.simulate` do by default.
    portrait : str
        Which kind of picture `ratezoo.plots.portrait` draws of a run. Default 'traces'.
    ranges : dict of str to (low, high)
        Between which numbers a state can lie, for states that mean a proportion or a rate. A run that leaves this
        range ends in an error. Default: no ranges.
    units_of_states, unit_of_time : dict of str to str, and str
        The units of the states by name, and the unit of time, for axes of figures. Default: without units.

    Raises
    ------
    InvalidValueError
        dt, σ or n is out of range. A parameter is missing, not a ``bm.TrainVar``, not real or not finite.
    ShapeError
        F, or an array given to a method, has the wrong shape.
    """

    params: tuple[str, ...] = ()
    states: tuple[str, ...] = ('r',)
    bounds: tuple[float, float] | None = None
    differentiable: bool = True
    noise: OrnsteinUhlenbeck | None = None
    example: Example = Example(10.0, 1.0)
    portrait: str = 'traces'
    units_of_states: Mapping[str, str] = {}
    unit_of_time: str = ''

    def __init__(
        self,
        n: int | dict[str, int],
        n_in: int | None = None,
        *,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        if not (mode is None or isinstance(mode, bm.Mode)):
            raise self.invalid('mode', "one of BrainPy's modes, such as bm.BatchingMode(32)", repr(mode))
        super().__init__(name=name, mode=mode)
        self.n: Any = n
        self.n_in, self.method, self._dt = n_in, method, dt
        sizes = n if isinstance(n, dict) else dict.fromkeys(self.states, n)
        self._check_options(sizes, seed)
        self.sizes = {s: int(sizes[s]) for s in self.states}
        self._set_defaults()
        self.sigma = self.checked_amplitudes(sigma)
        self.noisy = any(np.any(np.asarray(s) > 0) for s in self.amplitudes().values())
        batch = self.batch_size
        for state, size in self.sizes.items():
            shape = (size,) if batch is None else (batch, size)
            setattr(self, state, bm.Variable(jnp.zeros(shape), batch_axis=None if batch is None else 0))
        self.seed = int(bm.random.randint(0, 2**31 - 1, (1,))[0]) if seed is None else int(seed)
        self._functions, self._function_reads = {}, None

    # ---- hooks: what a subclass gives, or may give -------------------------------------------------------------------

    def F(self, r: Any, params: Params, x: Array) -> State:
        """The vector field dr/dt = F(r, w, x) of one sample; pure. A model in continuous time gives it.

        Parameters
        ----------
        r : array (n,), or dict of such arrays by state
            The state.
        params : dict of str to array
            The parameters w.
        x : array (n_in,)
            The input.

        Returns
        -------
        array (n,), or dict of such arrays by state
            dr/dt, of the same form as r.
        """
        raise self._no_equation()

    def step(self, r: Any, params: Params, x: Array) -> State:
        """The state after one step, of one sample; pure. A model in discrete time gives it.

        The arguments are those of `F`, and the result has the same form as r. Default: a step of ``method`` along F.
        """
        return self.step_along(lambda s: self.drift(s, params, x), r)

    def output(self, r: Any, params: Params) -> Array:
        """The output of the network in the state r, of one sample: an array of any shape; pure.

        Default: the state; in a model with several states, the state 'r'.
        """
        if len(self.states) == 1:
            return r
        if 'r' not in self.states:
            raise self.invalid(
                'output',
                'output(self, r, params), because no state is called r',
                f'the states {", ".join(self.states)}',
            )
        return r['r']

    def initial_state(self) -> State:
        """The state of one sample after a reset: an array (n,), or a dict of such arrays by state. Default: zeros."""
        return self.as_state({s: jnp.zeros(size) for s, size in self.sizes.items()})

    def project(self, r: Any) -> State:
        """The state r of one sample, brought back to where it may be; pure. The default `step` applies it at its end.

        Default: each unit is clipped to ``bounds``, if there are bounds.
        """
        if self.bounds is None:
            return r
        low, high = self.bounds
        return tree_map(lambda a: jnp.clip(a, low, high), r)

    def observe(self, r: State, params: Params, x: Array, axis: int | None) -> None:
        """Write the Variables that show more than the state, after each `update`. Default: nothing.

        A class that gives it calls ``super().observe(r, params, x, axis)`` first, and declares its Variables in
        `extra_variables`. Unlike F, it sees all samples: `map_samples` maps a function of one sample over them.

        Parameters
        ----------
        r : array (n,) or (B, n), or dict of such arrays by state
            The new state.
        params : dict of str to array
            The parameters.
        x : array (n_in,) or (B, n_in)
            The input of the step.
        axis : 0 or None
            The axis of samples in x; None if all samples share one input, or without a batch.
        """

    def prepare(self) -> None:
        """Check the parameters and go to the initial state. It is called once, after the outermost ``__init__``.

        A subclass overrides it for work that needs the parameters or the states. It calls ``super().prepare()`` first.
        """
        for name in self.params:
            self._check_parameter(name)
        if type(self).F is RateModel.F and type(self).step is RateModel.step:
            raise self._no_equation()
        self.check_time_step()
        self.reset_state()
        self._check_parameters_are_read()

    @property
    def recorded(self) -> tuple[str, ...]:
        """The states that a run records by default. Default: all states."""
        return self.states

    @property
    def time_constants(self) -> dict[str, ArrayLike]:
        """The time constants of the equation, in the unit of dt. They limit dt, see `check_time_step`.

        Default: the constants that must be positive and whose names begin with 'tau'.
        """
        return {k: getattr(self, k) for k, c in self.constants.items() if c.positive and k.startswith('tau')}

    # ---- parameters and state ----------------------------------------------------------------------------------------

    def params_dict(self) -> Params:
        """The current parameters: name → array."""
        return {p: getattr(self, p).value for p in self.params}

    def set_params(self, values: Mapping[str, ArrayLike]) -> None:
        """Set the parameters that the dict ``values`` names. The others stay as they are.

        If one value is refused, no parameter changes.
        """
        checked = {}
        if not isinstance(values, Mapping):
            raise self.invalid('set_params', 'a dict, name → array', type(values).__name__)
        for p, value in values.items():
            if p not in self.params:
                known = ', '.join(self.params) or 'none'
                raise UnknownNameError(f'{type(self).__name__}.{p}: no such parameter. It has: {known}.')
            shape = getattr(self, p).value.shape
            array = self.as_array(p, value)
            if array.shape != shape:
                raise ShapeError(f'{type(self).__name__}.{p}: expected shape {shape}, got {array.shape}.')
            self.check_finite(p, array)
            checked[p] = array
        for p, array in checked.items():
            getattr(self, p).value = array

    @property
    def state(self) -> State:
        """The current state: an array (n,) or (B, n), or a dict of such arrays where there are several states."""
        return self.as_state({s: getattr(self, s).value for s in self.states})

    @state.setter
    def state(self, r: StateLike) -> None:
        for name, value in self.by_name(r).items():
            getattr(self, name).value = value

    def reset_state(self, batch_size: int | None = None, r0: StateLike | None = None) -> None:
        """Go back to the initial state, or to ``r0``, and start the noise again from its seed.

        Parameters
        ----------
        batch_size : int, optional
            In a batching mode: how many samples the Variables hold from now on. None: as many as now.
        r0 : array (n,) or (B, n), or dict of arrays by state, optional
            The state to start from.
        """
        batch = self.batch_size
        if batch is None and batch_size is not None:
            expected = (
                'no batch_size in a non-batching mode; construct the model with mode=bm.BatchingMode(...) for batches, '
                'and give a state to start from as r0=…'
            )
            raise self.invalid('reset_state', expected, batch_size)
        if batch is not None:
            batch = batch_size or getattr(self, self.states[0]).shape[0]
        self.state = self.starting_state(r0, batch)
        self._reset_extra_variables()

    @property
    def dt(self) -> float:
        """The time step: the one given to the constructor, or else BrainPy's."""
        if self._dt is not None:
            return self._dt
        dt = bm.get_dt()
        if not dt > 0:
            raise self.invalid('dt', 'a positive time step from bm.set_dt', dt)
        return dt

    def check_time_step(self) -> None:
        """Raise `InvalidValueError` if dt is too large for the fastest time constant τ.

        A deviation then grows at each step although it decays in dr/dt = −r/τ. That is so from Δt = 2 τ on with
        'euler' and 'rk2', and from 2.785 τ on with 'rk4'. Much smaller steps are needed for an accurate run.
        """
        limit = LARGEST_STEP.get(self.method)
        if limit is None or not self.is_continuous:
            return
        for name, value in self.time_constants.items():
            fastest = float(np.min(np.asarray(value, float)))
            if self.dt >= limit * fastest:
                raise self.invalid(
                    'dt',
                    f'a step < {limit * fastest:g}, {limit:g} times the time constant {name} = {fastest:g}, because '
                    f'the method {self.method!r} is unstable beyond it',
                    f'{self.dt:g}. Use a step of about {fastest / 20:.1g}',
                )

    @property
    def has_own_dt(self) -> bool:
        """Whether the time step was given to the constructor, so that it does not follow BrainPy's."""
        return self._dt is not None

    @property
    def is_continuous(self) -> bool:
        """Whether the network has a vector field F. If not, it is in discrete time."""
        return type(self).F is not RateModel.F

    @property
    def batch_size(self) -> int | None:
        """The number of samples that the ``mode`` asks for; None without a batching mode."""
        return self.mode.batch_size if isinstance(self.mode, bm.BatchingMode) else None

    @property
    def dtype(self) -> np.dtype:
        """The precision of the state."""
        return getattr(self, self.states[0]).dtype

    # ---- running -----------------------------------------------------------------------------------------------------

    def update(self, x: ArrayLike | None = None) -> Any:
        """One step with the input ``x``, (n_in,) or, in a batching mode, (B, n_in). Returns the output."""
        params, (x, axis) = self.params_dict(), self.as_input(x)
        self.check_finite('x', x)
        r = self.map_samples(self.step, (0, None, axis))(self.state, params, x)
        return self.finish_step(r, params, x, axis)

    def finish_step(self, r: State, params: Params, x: Array, axis: int | None) -> Any:
        """Add the noise of this step to the new state r, write the Variables, and return the output.

        The arguments are those of `observe`. A class with its own `update` ends it with this call.
        """
        if self.noisy:
            r, self.noise_key.value = self.perturb(r, self.noise_key.value)
        self.state = r
        self.observe(r, params, x, axis)
        return self.map_samples(self.output, (0, None))(r, params)

    # ---- pure functions of one sample, for rules and analyses --------------------------------------------------------

    def drift(self, r: State, params: Params, x: Array) -> State:
        """F(r, params, x), with the shape of its result checked. In discrete time: the change of r in one step."""
        if not self.is_continuous:
            return tree_map(jnp.subtract, self.step(r, params, x), r)
        return self.evaluate_F(r, params, x)

    def evaluate_F(self, r: State, params: Params, x: Array) -> State:
        """F(r, params, x). An error in F, and a result of another shape than r, are told in one sentence."""
        of_r = r if isinstance(r, dict) else {self.states[0]: r}
        shapes = {s: jnp.shape(a) for s, a in of_r.items()}
        name = type(self).__name__
        try:
            f = self.F(r, params, x)
        except Exception as error:
            if isinstance(error, KeyError) and error.args[0] in (*self.states, 'eta'):
                raise ShapeError(
                    f'{name}.F: r has the states {", ".join(of_r)}, and F asks for {error.args[0]!r}. Go through the '
                    'names in r, not through self.states, which also names the noise.'
                ) from error
            if not isinstance(r, dict) and 'string' in str(error) and 'index' in str(error):
                raise ShapeError(
                    f"{name}.F: r is an array, because the model has one state. Write r, not r['{self.states[0]}']."
                ) from error
            told = explanation(self, 'F', error)
            if told is not None:
                raise told from error
            if not isinstance(error, (TypeError, ValueError)) or isinstance(error, RateZooError):
                raise
            raise ShapeError(
                f'{name}.F failed for r of shape {shapes} and x of shape {jnp.shape(x)}: {first_line(error)}'
            ) from error
        checked_result(name, f, of_r, x)
        return f

    def step_along(self, F: Callable[[State], State], r: State) -> State:
        """The state after one step of dr/dt = F(r) by ``method``, for any function F of the state alone.

        In discrete time: r + F(r).
        """
        if not self.is_continuous:
            return tree_map(jnp.add, r, F(r))
        new = self.project(METHODS[self.method](F, r, self.dt))
        if self.noise is None:
            return new
        return {**new, 'eta': self.noise.decay(self.dt) * r['eta']}  # the exact step of η, in place of the method's

    def at_rest(self, r: State, f: State) -> State:
        """The vector that vanishes at a fixed point, from the state r and f = F(r).

        It is f itself. Within ``bounds`` it is clip(r + f) − r, which vanishes also where F pushes a unit against its
        bound.
        """
        if self.bounds is None:
            return f
        return tree_map(jnp.subtract, self.project(tree_map(jnp.add, r, f)), r)

    def parameters_read_by(self, function: Callable[..., Any]) -> tuple[str, ...] | None:
        """The names of the parameters that the pure ``function(r, params, x)`` reads.

        It is traced with the initial state and zero input. None if it can't be traced because ``n_in`` is not known.
        """
        params, r, (x, _) = self.params_dict(), self.initial_state(), self.as_input(None, None)
        try:
            jaxpr = jax.make_jaxpr(lambda params: function(r, params, x))(params).jaxpr
        except Exception:
            if self.n_in is not None:
                raise
            return None
        used = {id(v) for eqn in jaxpr.eqns for v in eqn.invars} | {id(v) for v in jaxpr.outvars}
        variable_of = dict(zip(sorted(params), jaxpr.invars, strict=True))  # JAX sorts the keys of a dict
        return tuple(p for p in self.params if id(variable_of[p]) in used)

    # ---- forms of a state --------------------------------------------------------------------------------------------

    def by_name(self, r: Any) -> dict[str, Any]:
        """A state as a dict, name → array, in the order of ``states``. Raises `ShapeError` if a name is not right.

        A `FixedPoint`, or an `Equilibrium` of `ratezoo.analysis`, stands for its r.
        """
        if isinstance(r, tuple) and hasattr(r, 'r'):
            r = r.r
        if len(self.states) == 1 and not isinstance(r, dict):
            return {self.states[0]: r}
        if not isinstance(r, dict) or set(r) != set(self.states):
            got = ', '.join(r) if isinstance(r, dict) else type(r).__name__
            example = ', '.join(f'{s!r}: …' for s in self.states)
            raise ShapeError(
                f'{type(self).__name__}: expected a state of {", ".join(self.states)}, got {got}. Write it as a dict '
                f'of arrays, {{{example}}}.'
            )
        return {s: r[s] for s in self.states}

    def as_state(self, state: Mapping[str, Any]) -> State:
        """A dict, name → array, in the form that F takes: the bare array if there is one state."""
        return state[self.states[0]] if len(self.states) == 1 else state

    def flat(self, r: State) -> tuple[Array, Callable[[Array], State]]:
        """A state as one vector (N,), and the function that turns such a vector into a state.

        Several states follow each other in the vector, in the order of ``states``.
        """
        vector, unravel = ravel_pytree(tuple(self.by_name(r).values()))
        return vector, lambda v: self.as_state(dict(zip(self.states, unravel(v), strict=True)))

    def starting_state(self, r0: StateLike | None = None, batch: int | None = None) -> State:
        """The state to start from: ``r0``, checked and as arrays, or the initial state if it is None.

        With a number of samples ``batch`` the arrays are (B, n), and all samples share an ``r0`` of shape (n,).
        """
        initial = self._checked_initial_state()
        given = initial if r0 is None else self.by_name(r0)
        state = {}
        for name, default in initial.items():
            value = self.as_array('r0', given[name])
            if value.ndim == 0 and default.shape == (1,):
                value = value[None]
            shapes = [default.shape] if batch is None else [default.shape, (batch, *default.shape)]
            if value.shape not in shapes:
                expected = ' or '.join(map(str, shapes))
                raise ShapeError(f'{type(self).__name__}.r0: expected shape {expected} for {name}, got {value.shape}.')
            if r0 is not None:
                self.check_finite('r0', value)
            state[name] = value if batch is None else jnp.broadcast_to(value, (batch, *default.shape))
        return self.as_state(state)

    def map_samples(self, function: Callable[..., Any], axes: Any) -> Callable[..., Any]:
        """A function of one sample, mapped over the batch by `jax.vmap`; unchanged without a batching mode.

        ``axes`` gives the axis of samples of each argument, as ``in_axes`` of `jax.vmap` does.
        """
        return function if self.batch_size is None else jax.vmap(function, axes)

    def _checked_initial_state(self) -> dict[str, Array]:
        """`initial_state` by name, as arrays. Raises `ShapeError` if a shape is not that of the state."""
        initial = {s: jnp.asarray(a) for s, a in self.by_name(self.initial_state()).items()}
        for state, value in initial.items():
            if value.shape != (self.sizes[state],):
                raise ShapeError(
                    f'{type(self).__name__}.initial_state: expected shape ({self.sizes[state]},) for {state}, got '
                    f'{value.shape}.'
                )
        return initial

    # ---- how a network shows itself ----------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return of_network(self)

    def _repr_html_(self) -> str:
        return network_as_html(self)

    # ---- internals ---------------------------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        if '_attributes_as_made' in vars(self) and name not in vars(self) and not hasattr(type(self), name):
            self._refuse_misspelt(name)
        if isinstance(value, jax.core.Tracer) and '_attributes_as_made' in vars(self):
            self._refuse_tracer(name)
        super().__setattr__(name, value)

    if not TYPE_CHECKING:  # a type checker would believe that every attribute exists

        def __getattr__(self, name):
            """Called for a missing attribute: explains what runs a network, and what makes it learn."""
            if name in ('run', 'simulate'):
                raise AttributeError(
                    f'{type(self).__name__}.{name}: a network has only update, which is one step. Write '
                    'ratezoo.simulate(net, duration), or ratezoo.Runner(net, monitors=[…]).run(duration).'
                )
            if name in ('fit', 'gradient'):
                cls = type(self).__name__
                raise AttributeError(
                    f'{cls}.{name}: a model alone does not learn. Combine it with a rule: '
                    f'class Net(ratezoo.RTRL, {cls}).'
                )
            raise AttributeError(f'{type(self).__name__!r} object has no attribute {name!r}', name=name, obj=self)

    def _refuse_tracer(self, name):
        """Raise an error if F, or another compiled function, makes an attribute of an array that it has traced."""
        exists = name in vars(self) and not isinstance(vars(self)[name], jax.core.Tracer)
        if exists or hasattr(type(self), name):  # a property, or a constant, which analyses differentiate
            return
        raise InvalidValueError(
            f'{type(self).__name__}.{name}: expected pure functions, but a compiled one (such as F) sets self.{name}. '
            f'Use a local variable {name} = … there; `observe` writes the Variables that monitors show.'
        )

    def _refuse_misspelt(self, name):
        """Raise an error if a new attribute is named almost like a constant, a parameter or an option."""
        known = {k.lower(): k for k in (*self.constants, *self.params, *getattr(self, 'options', ()))}
        similar = difflib.get_close_matches(name.lower(), known, 1, cutoff=0.75)
        if similar and known[similar[0]] != name:
            raise UnknownNameError(
                f'{type(self).__name__}.{name}: there is no such constant, parameter or option. Did you mean '
                f'{known[similar[0]]!r}?'
            )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        check_class(cls)
        for name in ARGUMENTS:
            if inspect.isfunction(cls.__dict__.get(name)):
                setattr(cls, name, checked_hook(name, cls.__dict__[name]))

    @classmethod
    def _signature(cls) -> inspect.Signature:
        """The arguments of the constructor, without ``self``."""
        signature = inspect.signature(cls.__init__)
        return signature.replace(parameters=list(signature.parameters.values())[1:])

    def _check_options(self, sizes, seed):
        """Raise an error if an argument of the constructor is out of range."""
        if set(sizes) != set(self.states) or not all(map(is_count, sizes.values())):
            raise self.invalid('n', f'an integer ≥ 1, the number of units of {", ".join(self.states)}', repr(self.n))
        if self.n_in is not None and not is_count(self.n_in):
            raise self.invalid('n_in', 'a positive number of inputs, or None', self.n_in)
        if not isinstance(self.method, str) or self.method not in METHODS:
            known = ', '.join(METHODS)
            raise UnknownNameError(f'{type(self).__name__}.method: expected one of {known}, got {self.method!r}.')
        if self._dt is not None and not is_positive(self._dt):
            raise self.invalid('dt', 'a positive time step', repr(self._dt))
        if not (seed is None or (isinstance(seed, (int, np.integer)) and 0 <= seed < 2**63)):
            raise self.invalid('seed', 'an integer from 0 to 2⁶³ − 1, or None', repr(seed))

    def _check_parameter(self, name):
        """Raise an error if the parameter is not a finite real ``bm.TrainVar`` of the model's precision."""
        variable = getattr(self, name, None)
        if not isinstance(variable, bm.TrainVar):
            raise missing_parameter(self, name, variable)
        if not jnp.issubdtype(variable.dtype, jnp.floating):
            raise self.invalid(name, 'real numbers (float32 or float64)', variable.dtype)
        if variable.dtype != self.dtype:
            remedy = 'convert it, or choose the precision (bm.enable_x64) before the model is made'
            raise self.invalid(name, f'{self.dtype} like the state', f'{variable.dtype}; {remedy}')
        self.check_finite(name, variable.value)

    def _check_parameters_are_read(self):
        """Raise an error if a parameter has no effect: then it is usually read as ``self.W`` by mistake."""
        read = self.parameters_read_by(lambda r, params, x: (self.step(r, params, x), self.output(r, params)))
        for name in self.params:
            if read is not None and name not in read:
                expected = 'a parameter that F (or step) or output reads'
                remedy = f'Inside them write params[{name!r}], not self.{name}'
                raise self.invalid(name, expected, f'one that neither does. {remedy}')

    def _no_equation(self) -> NotImplementedError:
        name = type(self).__name__
        return NotImplementedError(
            f'{name} gives neither F (continuous time) nor step (discrete time). Define F(self, r, params, x), which '
            'returns dr/dt; the name is a capital F.'
        )
