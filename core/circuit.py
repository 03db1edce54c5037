"""`Circuit`: a population or circuit of the literature, given by its constants and its F."""

import inspect
import textwrap
from collections.abc import Mapping
from typing import Any

import brainpy.math as bm
import jax.numpy as jnp

from ratezoo.constants import Constant
from ratezoo.hooks import unknown_argument
from ratezoo.model import RateModel
from ratezoo.noise import OrnsteinUhlenbeck
from ratezoo.types import Array, ArrayLike, Params, State


class Circuit(RateModel):
    """A population or circuit of the literature.

    A subclass gives the names of its ``states``, its named constants, and F, which reads the constants from self::

        class Leak(Circuit):
            '''τ dr/dt = −r + x'''
            states = ('r',)
            tau = Constant(10., 'time constant', 'ms', positive=True)

            def F(self, r, params, x):
                return (-r + x) / self.tau

    It may also give `start`, the state after a reset, and `observable`, the output. The number of inputs is n.

    The constructor takes ``n``, the constants by name, and the options below. A constant is a number, or an array (n,)
    with one number for each unit. The list of parameters in the docstring of a subclass is written from its constants.
    A constant can be changed (``net.tau = 5.``) and swept (`ratezoo.sweep`), because F reads its present value.

    Parameters
    ----------
    n : int
        Number of units. In a circuit whose units are not coupled: number of copies, each with its own input.
    noise : OrnsteinUhlenbeck, or dict with its sigma and tau, optional
        Coloured noise that is added to the input. The state ``eta`` (n,) holds it.
    method : str, optional
        As in `RateModel`. None (default): the class's ``default_method``.
    dt, sigma, seed, mode, name
        As in `RateModel`.

    Attributes
    ----------
    default_n : int
        The n of a circuit whose constructor gets none. Default 1.
    default_method : str
        The method of a circuit whose constructor gets none. Default 'euler'.
    default_noise : OrnsteinUhlenbeck, dict or None
        The noise of a circuit whose constructor gets none. Default None.
    name_of_output : str
        What a file of a run calls the `observable`, if that is not a state. Default 'output'.
    about : dict of str to str
        The meaning of ``n`` and of the subclass's own options, for the list of parameters in its docstring.
    """

    default_n: int = 1
    default_method: str = 'euler'
    default_noise: OrnsteinUhlenbeck | dict[str, float] | None = None
    name_of_output: str = 'output'
    about: Mapping[str, str] = {'n': 'Number of copies, each with its own input.'}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        times = {c.unit for c in cls.constants.values()} & {'s', 'ms'}
        if not cls.unit_of_time and len(times) == 1:  # a time constant in ms makes the time axis one in ms
            cls.unit_of_time = times.pop()
        has_own_constants = any(isinstance(v, Constant) for v in vars(cls).values())
        if cls.__doc__ and has_own_constants and 'Parameters\n' not in cls.__doc__:
            cls.__doc__ = _doc_with_parameters(cls)

    def __init__(
        self,
        n: int | None = None,
        *,
        noise: OrnsteinUhlenbeck | dict[str, float] | None = None,
        method: str | None = None,
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
        **constants: Any,
    ) -> None:
        cls = type(self)
        n = cls.default_n if n is None else n
        method = cls.default_method if method is None else method
        self.noise = self._checked_noise(cls.default_noise if noise is None else noise)
        unknown = set(constants) - set(cls.constants)
        if unknown:
            plain = sorted(name for name in unknown if hasattr(cls, name))
            if plain:
                raise TypeError(
                    f'{cls.__name__}.{plain[0]}: expected a Constant, got a plain attribute of the class. Write '
                    f'{plain[0]} = Constant(…), then it is an option.'
                )
            raise unknown_argument(cls, min(unknown))
        sizes: int | dict[str, int] = n
        if self.noise is not None:
            self.states = (*cls.states, 'eta')
            sizes = dict.fromkeys(self.states, n)
        super().__init__(sizes, n, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.n = n
        self.set_constants(**constants)

    def _checked_noise(self, noise: Any) -> OrnsteinUhlenbeck | None:
        """The coloured noise that the option ``noise`` asks for; None if its σ is 0."""
        if isinstance(noise, dict) and set(noise) == {'sigma', 'tau'}:
            noise = OrnsteinUhlenbeck(**noise)
        if not (noise is None or isinstance(noise, OrnsteinUhlenbeck)):
            raise self.invalid('noise', 'an OrnsteinUhlenbeck, or a dict with its sigma and tau', repr(noise))
        return noise if noise is not None and noise.sigma > 0 else None

    # ---- what a subclass may give ------------------------------------------------------------------------------------

    def start(self) -> State:
        """The state of one sample after a reset, without the noise. Default: zeros."""
        return self.without_noise({s: jnp.zeros(size) for s, size in self.sizes.items()})

    def observable(self, r: Any) -> Array:
        """The output (n,) of the state r (without the noise). Circuits coupled to this one receive it too.

        Default: the first state.
        """
        return r if len(type(self).states) == 1 else r[type(self).states[0]]

    # ---- hooks of RateModel ------------------------------------------------------------------------------------------

    def output(self, r: Any, params: Params) -> Array:
        """The `observable`."""
        return self.observable(self.without_noise(r))

    def initial_state(self) -> State:
        """`start`, and η = 0 if there is noise."""
        start = self.start()
        if self.noise is None:
            return start
        start = start if isinstance(start, dict) else {type(self).states[0]: start}
        return {**start, 'eta': jnp.zeros(self.sizes['eta'])}

    @property
    def recorded(self) -> tuple[str, ...]:
        """The states that a run records by default: all of them but the noise."""
        return type(self).states

    def drift(self, r: State, params: Params, x: Array) -> State:
        """F with η added to its input, and dη/dt without the random part."""
        if self.noise is None:
            return super().drift(r, params, x)
        f = self.evaluate_F(self.without_noise(r), params, x + r['eta'])
        f = f if isinstance(f, dict) else {type(self).states[0]: f}
        return {**f, 'eta': self.noise.drift(r['eta'])}

    def without_noise(self, r: State) -> State:
        """The state r without η, in the form that F takes."""
        if 'eta' not in self.states:
            return self.as_state(r) if isinstance(r, dict) else r
        own = {s: r[s] for s in type(self).states}
        return own if len(own) > 1 else next(iter(own.values()))

    @classmethod
    def _signature(cls) -> inspect.Signature:
        """The arguments of the constructor, with the constants in place of ``**constants``."""

        def option(name, default):
            return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)

        arguments = inspect.signature(cls.__init__).parameters.values()
        own = [p for p in arguments if p.kind is p.KEYWORD_ONLY and p.name not in _SHARED_OPTIONS]
        defaults = dict.fromkeys(_SHARED_OPTIONS)
        defaults |= {'noise': cls.default_noise, 'method': cls.default_method, 'sigma': 0.0}
        n = inspect.Parameter('n', inspect.Parameter.POSITIONAL_OR_KEYWORD, default=cls.default_n)
        constants = [option(name, constant.default) for name, constant in cls.constants.items()]
        shared = [option(name, default) for name, default in defaults.items()]
        return inspect.Signature([n, *own, *constants, *shared])


_SHARED_OPTIONS = ('noise', 'method', 'dt', 'sigma', 'seed', 'mode', 'name')


def _doc_with_parameters(cls: type[Circuit]) -> str:
    """The docstring of a circuit with the list of its options and constants, which stands before the References."""
    lines = ['Parameters', '----------']
    for name, parameter in cls._signature().parameters.items():
        constant = cls.constants.get(name)
        if constant is not None:
            unit = f' ({constant.unit})' if constant.unit else ''
            lines += _parameter_lines(name, 'float', constant.meaning + unit, f'{constant.default:.16g}')
        elif name not in _SHARED_OPTIONS:
            meaning = cls.about.get(name, Circuit.about.get(name, 'As described above'))
            lines += _parameter_lines(name, type(parameter.default).__name__, meaning, parameter.default)
    time = f'time in {cls.unit_of_time}' if cls.unit_of_time else 'time without unit'
    lines += [', '.join(_SHARED_OPTIONS), f"    As in `Circuit`; the method is '{cls.default_method}', {time}.", '']
    doc = inspect.cleandoc(cls.__doc__ or '')
    before, heading, after = doc.partition('References\n---')
    return before.rstrip() + '\n\n' + '\n'.join(lines) + '\n' + heading + after


def _parameter_lines(name: str, kind: str, meaning: str, default: Any) -> list[str]:
    """The lines of one parameter in a docstring: its name and kind, its meaning, its default."""
    sentence = f'{meaning[:1].upper()}{meaning[1:]}{"" if meaning.endswith(".") else "."} Default {default}.'
    return [f'{name} : {kind}', *textwrap.wrap(sentence, 100, initial_indent='    ', subsequent_indent='    ')]
