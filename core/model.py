"""`RateModel`: a rate network is its vector field F; everything else follows from it."""

import abc
import inspect

import brainpy as bp
import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from ratezoo.checks import Checks, is_count, is_positive
from ratezoo.compiled import ReadValues, signature, unwrap_result
from ratezoo.constants import KeepsConstants
from ratezoo.equilibria import Settles
from ratezoo.errors import ShapeError, UnknownNameError
from ratezoo.example import Example
from ratezoo.integrators import METHODS
from ratezoo.noise import following, normals
from ratezoo.variables import ExtraVariable, KeepsExtraVariables

_MOST_FUNCTIONS = 32


class _PrepareThenUse(abc.ABCMeta):
    """Calls ``prepare()`` once the outermost ``__init__`` has returned, when all parameters are in place. Then it
    creates the extra Variables, whose shapes may depend on what ``prepare()`` found."""

    def __call__(cls, *args, **kwargs):
        model = super().__call__(*args, **kwargs)
        model.prepare()
        model._create_extra_variables()
        return model

    @property
    def __signature__(cls):
        """The constructor's arguments, which `inspect` would not see behind ``__call__``."""
        return cls._signature()


class RateModel(Settles, KeepsConstants, KeepsExtraVariables, Checks, bp.DynamicalSystem, metaclass=_PrepareThenUse):
    """A rate network dr/dt = F(r, w, x) as a BrainPy ``DynamicalSystem``.

    A subclass sets its parameters as ``bm.TrainVar`` in ``__init__``, names them in ``params``, and gives the pure
    vector field ``F``; a network in discrete time overrides ``step`` instead::

        class TanhRNN(ratezoo.RateModel):
            params = ('W',)

            def __init__(self, n):
                super().__init__(n)
                self.W = bm.TrainVar(bm.random.randn(n, n) / n ** 0.5)

            def F(self, r, params, x):
                return -r + jnp.tanh(params['W'] @ r + x)

    ``F``, ``step`` and ``output`` see one sample: r of shape (n,), x of shape (n_in,); they may use ``jax.numpy`` or
    ``brainpy.math``. Batches are BrainPy's ``mode``: with ``bm.BatchingMode(B)`` the Variables have a leading axis B
    and `update` maps over it. Weights are ``W[post, pre]``.

    Parameters
    ----------
    n : int, or dict of str to int
        Number of units; a dict gives one for each state.
    n_in : int, optional
        Number of inputs. None (default): not checked, x is passed on as it comes; in a batching mode it must then
        begin with the batch's axis.
    method : str
        'euler' (default), 'exp_euler', 'rk2' or 'rk4'; see `ratezoo.integrators`.
    dt : float, optional
        Time step. None (default): BrainPy's, ``bm.get_dt()``, also when that changes.
    sigma : float, or dict of str to float
        Amplitude of additive white noise: each step adds σ √Δt ξ, ξ ~ N(0, 1) (Euler–Maruyama), to every unit of
        the state (or of the states named). Default 0.
    seed : int, optional
        Seed of the noise, and of what a subclass draws. Two models with one seed run alike to the bit, and
        `reset_state` starts the noise again. None (default): drawn from ``bm.random``.
    mode, name
        As for every ``DynamicalSystem``.

    Attributes
    ----------
    params : tuple of str
        Names of the trainable parameters.
    states : tuple of str
        Names of the state Variables; one state (default 'r') is handed to F as the bare array, several as a dict.
    bounds : None, or (low, high)
        Where given, `step` keeps every unit within [low, high]: the projected dynamics, whose fixed points are
        r* = clip(r* + F(r*)). Default None.
    differentiable : bool
        Whether rules can train it. Default True; states of ±1 have no gradient.

    Raises
    ------
    InvalidValueError
        dt, σ or n is out of range; a parameter is missing, not a ``bm.TrainVar``, not real or not finite.
    ShapeError
        F, or an array given to a method, has the wrong shape.
    """

    params = ()
    states = ('r',)
    bounds = None
    differentiable = True       # False: rules refuse the model
    noise = None                # an `OrnsteinUhlenbeck` whose η is the state 'eta'
    example = Example(10., 1.)  # what ``ratezoo simulate`` runs
    NOT_READ = frozenset({'_functions', '_function_reads', '_runners'})    # what no compiled function reads

    def __init__(self, n, n_in=None, *, method='euler', dt=None, sigma=0., seed=None, mode=None, name=None):
        super().__init__(name=name, mode=mode)
        self.n, self.n_in, self.method, self._dt = n, n_in, method, dt
        sizes = n if isinstance(n, dict) else dict.fromkeys(self.states, n)
        if set(sizes) != set(self.states) or not all(map(is_count, sizes.values())):
            raise self.invalid('n', f'a positive number of units for each of {", ".join(self.states)}', n)
        if n_in is not None and not is_count(n_in):
            raise self.invalid('n_in', 'a positive number of inputs, or None', n_in)
        if not isinstance(method, str) or method not in METHODS:
            raise UnknownNameError(f'{type(self).__name__}.method: expected one of {", ".join(METHODS)}, '
                                   f'got {method!r}.')
        if dt is not None and not is_positive(dt):
            raise self.invalid('dt', 'a positive time step', repr(dt))
        if not (seed is None or (isinstance(seed, (int, np.integer)) and 0 <= seed < 2 ** 63)):
            raise self.invalid('seed', 'an integer from 0 to 2⁶³ − 1, or None', repr(seed))
        self.sizes = {s: int(sizes[s]) for s in self.states}
        self._set_defaults()
        self.sigma = self.checked_amplitudes(sigma)
        self.noisy = any(np.any(np.asarray(s) > 0) for s in self.amplitudes().values())
        batch = self.batch_size
        for state, size in self.sizes.items():
            shape = (size,) if batch is None else (batch, size)
            setattr(self, state, bm.Variable(jnp.zeros(shape), batch_axis=None if batch is None else 0))
        self.seed = int(bm.random.randint(0, 2 ** 31 - 1, (1,))[0]) if seed is None else int(seed)
        self._functions, self._function_reads = {}, None

    def extra_variables(self):
        """The key of the noise."""
        return {'noise_key': ExtraVariable(self.initial_key(), batched=False)} if self.noisy else {}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for name in ('F', 'F_of_current', 'step', 'step_of_current', 'output', 'initial_state'):
            if inspect.isfunction(cls.__dict__.get(name)):
                setattr(cls, name, unwrap_result(cls.__dict__[name]))

    # ---- the mathematics, which a subclass gives -----------------------------------------------------------------

    def F(self, r, params, x):
        """The vector field dr/dt = F(r, w, x) of one sample; pure."""
        raise NotImplementedError(f'{type(self).__name__} gives neither F (continuous time) nor step (discrete time).')

    def step(self, r, params, x):
        """The pure one-step map of one sample that `update` applies, by default `method` applied to F."""
        return self.step_along(lambda s: self.drift(s, params, x), r)

    def output(self, r, params):
        """What the network answers in state r; pure. Default: r itself."""
        return r if len(self.states) == 1 else r['r']

    def initial_state(self):
        """The state of one sample after a reset; default zeros."""
        r = {s: jnp.zeros(size) for s, size in self.sizes.items()}
        return self.as_state(r)

    # ---- what follows from it ----------------------------------------------------------------------------------------

    def step_along(self, F, r):
        """One step of dr/dt = F(r), the field given as a function of the state alone, by ``method``; in discrete time,
        r + F(r)."""
        if not self.is_continuous:
            return jax.tree_util.tree_map(jnp.add, r, F(r))
        new = self.project(METHODS[self.method](F, r, self.dt))
        return new if self.noise is None else {**new, 'eta': self.noise.decay(self.dt) * r['eta']}  # η's step is exact

    def at_rest(self, r, f):
        """What vanishes at a fixed point, from the state and the drift f = F(r) there: f itself, or within ``bounds``
        clip(r + f) − r."""
        return f if self.bounds is None else jax.tree_util.tree_map(
            jnp.subtract, self.project(jax.tree_util.tree_map(jnp.add, r, f)), r)

    def project(self, r):
        """The state brought back within ``bounds`` after a step."""
        return r if self.bounds is None else jax.tree_util.tree_map(lambda a: jnp.clip(a, *self.bounds), r)

    # ---- state and parameters ------------------------------------------------------------------------------------

    @property
    def dt(self):
        """The time step: the one given, or BrainPy's."""
        if self._dt is not None:
            return self._dt
        dt = bm.get_dt()
        if not dt > 0:
            raise self.invalid('dt', 'a positive time step from bm.set_dt', dt)
        return dt

    @property
    def recorded(self):
        """The states that a run records where nothing is said."""
        return self.states

    @property
    def is_continuous(self):
        """Whether the network has a vector field F, and is not in discrete time."""
        return type(self).F is not RateModel.F

    @property
    def has_own_dt(self):
        """Whether the time step was given, and does not follow BrainPy's."""
        return self._dt is not None

    @property
    def state(self):
        """The current state: an array, or a dict of arrays where there are several."""
        return self.as_state({s: getattr(self, s).value for s in self.states})

    @state.setter
    def state(self, r):
        for name, value in self.by_name(r).items():
            getattr(self, name).value = value

    def params_dict(self):
        """The current parameters, name → array."""
        return {p: getattr(self, p).value for p in self.params}

    def set_params(self, values):
        """Set the parameters named in the dict ``values``; the others stay as they are."""
        new = {}
        for p, value in values.items():
            if p not in self.params:
                raise UnknownNameError(f'{type(self).__name__}.{p}: no such parameter. It has: '
                                       f'{", ".join(self.params) or "none"}.')
            old = getattr(self, p).value
            value = self.as_array(p, value)
            if value.shape != old.shape:
                raise ShapeError(f'{type(self).__name__}.{p}: expected shape {old.shape}, got {value.shape}.')
            self.check_finite(p, value)
            new[p] = value
        for p, value in new.items():
            getattr(self, p).value = value

    def reset_state(self, batch_size=None, r0=None):
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
            raise self.invalid('reset_state', 'no batch_size in a non-batching mode; construct the model with '
                                'mode=bm.BatchingMode(...) for batches', batch_size)
        if batch is not None:
            batch = batch_size or getattr(self, self.states[0]).shape[0]
        self.state = self.starting_state(r0, batch)
        self._reset_extra_variables()

    def starting_state(self, r0=None, batch=None):
        """``r0`` checked and brought to the shape of a state, or the initial state; with ``batch`` samples."""
        default = self.by_name(self.initial_state())
        given = default if r0 is None else self.by_name(r0)
        state = {}
        for name, like in default.items():
            value = self.as_array('r0', given[name])
            if value.ndim == 0 and like.shape == (1,):
                value = value[None]
            shapes = [like.shape] if batch is None else [like.shape, (batch, *like.shape)]
            if value.shape not in shapes:
                raise ShapeError(f'{type(self).__name__}.r0: expected shape {" or ".join(map(str, shapes))} for '
                                 f'{name}, got {value.shape}.')
            if r0 is not None:
                self.check_finite('r0', value)
            state[name] = value if batch is None else jnp.broadcast_to(value, (batch, *like.shape))
        return self.as_state(state)

    # ---- running -------------------------------------------------------------------------------------------------

    def update(self, x=None):
        """One step with input ``x``, (n_in,) or, in a batching mode, (B, n_in); returns the output."""
        params, (x, axis) = self.params_dict(), self.as_input(x)
        r = self.map_samples(self.step, (0, None, axis))(self.state, params, x)
        return self.finish_step(r, params, x, axis)

    def finish_step(self, r, params, x, axis):
        """Add the noise of this step, write the state, return the output."""
        if self.noisy:
            r, self.noise_key.value = self.perturb(r, self.noise_key.value)
        self.state = r
        self.observe(r, params, x, axis)
        return self.map_samples(self.output, (0, None))(r, params)

    def observe(self, r, params, x, axis):
        """Write what a model shows beside its state after each step; ``axis`` is that of the batch in x."""

    def perturb(self, r, key):
        """Add one step of white noise to r; returns the new state and the next key. Nothing where σ = 0."""
        if not self.noisy:
            return r, key
        state = self.by_name(r)
        noisy = {s: a for s, a in self.amplitudes().items() if not isinstance(a, np.ndarray) or a.any()}
        xi, begin = normals(key, sum(state[s].size for s in noisy)), 0
        for name, sigma in noisy.items():
            a, end = state[name], begin + state[name].size
            piece, begin = xi[begin:end].reshape(a.shape).astype(a.dtype), end
            state[name] = a + jnp.asarray(sigma, a.dtype) * jnp.asarray(self.dt ** 0.5, a.dtype) * piece
        return self.as_state(state), following(key)

    def amplitudes(self):
        """σ by state: each step adds σ √Δt ξ."""
        if self.noise is None:
            return self.sigma
        return {**self.sigma, 'eta': np.asarray(self.noise.amplitude(self.dt))}

    def initial_key(self):
        """The key with which the noise starts; None without noise."""
        return jax.random.PRNGKey(self.seed) if self.noisy else None

    # ---- for rules and runners -----------------------------------------------------------------------------------

    def compiled(self, key, build, reads=()):
        """The compiled function ``key``, built once; again if something has changed that it may have read: the model,
        or the functions ``reads``."""
        if self._function_reads is None or self._function_reads.changed():
            arguments = {id(getattr(self, v)) for v in (*self.params, *self.states, *self.extra_names)}
            self._functions.clear()
            self._function_reads = ReadValues([self], skip=self.NOT_READ, arguments=arguments)
        key = (key, self.dt, signature(self.params_dict()))
        kept = self._functions.pop(key, None)
        if kept is None or kept[1].changed():
            while len(self._functions) >= _MOST_FUNCTIONS:              # functions with a new lambda at every call
                self._functions.pop(next(iter(self._functions)))
            kept = build(), ReadValues(reads)
        self._functions[key] = kept             # the last used is the last to go
        return kept[0]

    # ---- internals -----------------------------------------------------------------------------------------------

    @classmethod
    def _signature(cls):
        signature = inspect.signature(cls.__init__)
        return signature.replace(parameters=list(signature.parameters.values())[1:])

    def prepare(self):
        for p in self.params:
            var = getattr(self, p, None)
            if not isinstance(var, bm.TrainVar):
                raise self.invalid(p, f'a bm.TrainVar set in __init__, because params names {p!r}',
                                    'nothing' if var is None else type(var).__name__)
            if not jnp.issubdtype(var.dtype, jnp.floating):
                raise self.invalid(p, 'real numbers (float32 or float64)', var.dtype)
            if var.dtype != self.dtype:
                raise self.invalid(p, f'{self.dtype} like the state', f'{var.dtype}; convert it, or choose the '
                                    'precision (bm.enable_x64) before the model is made')
            self.check_finite(p, var.value)
        if type(self).F is RateModel.F and type(self).step is RateModel.step:
            raise NotImplementedError(f'{type(self).__name__} gives neither F (continuous time) nor step (discrete '
                                      'time).')
        self.reset_state()
        read = self.parameters_read_by(lambda r, params, x: (self.step(r, params, x), self.output(r, params)))
        for p in self.params:
            if read is not None and p not in read:
                raise self.invalid(p, 'a parameter that F (or step) or output reads', 'one that neither does. Inside '
                                    f'them write params[{p!r}], not self.{p}')

    def parameters_read_by(self, function):
        """Which parameters the pure ``function(r, params, x)`` reads; None if that can't be found without an input."""
        params, r, (x, _) = self.params_dict(), self.initial_state(), self.as_input(None, None)
        try:
            jaxpr = jax.make_jaxpr(lambda params: function(r, params, x))(params).jaxpr
        except Exception:
            if self.n_in is not None:
                raise
            return None                         # n_in is not known, so x could not be made up
        used = {id(v) for eqn in jaxpr.eqns for v in eqn.invars} | {id(v) for v in jaxpr.outvars}
        of = dict(zip(sorted(params), jaxpr.invars, strict=True))
        return tuple(p for p in self.params if id(of[p]) in used)

    def flat(self, r):
        """A state as one vector (N,), several strung together in the order of ``states``, and the way back."""
        vector, unravel = ravel_pytree(tuple(self.by_name(r).values()))
        return vector, lambda v: self.as_state(dict(zip(self.states, unravel(v), strict=True)))

    def drift(self, r, params, x):
        """F with its result checked; for a network in discrete time, the change in one step."""
        if not self.is_continuous:
            return jax.tree_util.tree_map(jnp.subtract, self.step(r, params, x), r)
        shapes = {k: jnp.shape(a) for k, a in self.by_name(r).items()}
        try:
            f = self.F(r, params, x)
        except (TypeError, ValueError) as error:
            raise ShapeError(f'{type(self).__name__}.F failed for r of shape {shapes} and x of shape {jnp.shape(x)}: '
                             f'{str(error).splitlines()[0]}') from error
        got = {k: jnp.shape(a) for k, a in self.by_name(f).items()}
        if got != shapes:
            raise ShapeError(f'{type(self).__name__}.F: expected dr/dt of the shape of r, {shapes}, got {got} '
                             f'(x has shape {jnp.shape(x)}). Does x or a parameter broadcast?')
        return f

    def map_samples(self, function, axes):
        """``function`` mapped over the batch, if there is one; ``axes`` as for `jax.vmap`."""
        return function if self.batch_size is None else jax.vmap(function, axes)

    @property
    def batch_size(self):
        """The number of samples that the ``mode`` asks for; None without a batching mode."""
        return self.mode.batch_size if isinstance(self.mode, bm.BatchingMode) else None

    @property
    def dtype(self):
        """The precision of the state."""
        return getattr(self, self.states[0]).dtype

    def by_name(self, r):
        """A state as a dict, state's name → array."""
        if len(self.states) == 1 and not isinstance(r, dict):
            return {self.states[0]: r}
        missing = set(self.states) ^ set(r) if isinstance(r, dict) else set(self.states)
        if missing:
            raise ShapeError(f'{type(self).__name__}: expected a state of {", ".join(self.states)}, got '
                             f'{", ".join(r) if isinstance(r, dict) else type(r).__name__}.')
        return {s: r[s] for s in self.states}

    def as_state(self, state):
        """A dict, state's name → array, as F takes it: the bare array where there is one state."""
        return state[self.states[0]] if len(self.states) == 1 else state
