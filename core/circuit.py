"""`Circuit`: a population or circuit of the literature, given by its constants and its F."""

import inspect
import textwrap

import jax.numpy as jnp

from ratezoo.constants import Constant
from ratezoo.model import RateModel
from ratezoo.noise import OrnsteinUhlenbeck


class Circuit(RateModel):
    """A population or circuit of the literature: ``states``, named constants, and F, which reads them from self::

        class Leak(Circuit):
            '''τ dr/dt = −r + x'''
            states = ('r',)
            tau = Constant(10., 'time constant', 'ms', positive=True)

            def F(self, r, params, x):
                return (-r + x) / self.tau

    The constructor takes ``n``, the constants by name (a number, or an array (n,) with one for each unit), and the
    options below; the docstring gets its list of parameters from the constants. A constant can be changed
    (``net.tau = 5.``) and swept (`ratezoo.sweep`), because nothing else is computed from it beforehand.

    Parameters
    ----------
    n : int
        Number of units; where units are not coupled, of copies, each with its own input.
    noise : OrnsteinUhlenbeck, or dict with its sigma and tau, optional
        Coloured noise that is added to the input; it is kept in the state ``eta`` (n_in,).
    method : str, optional
        As in `RateModel`; None (default): the class's ``default_method``.
    dt, sigma, seed, mode, name
        As in `RateModel`.
    """

    default_n = 1
    default_method = 'euler'
    default_noise = None
    units_of_states = {}
    unit_of_time = ''
    about = {'n': 'Number of copies, each with its own input.'}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        own = any(isinstance(v, Constant) for v in vars(cls).values())
        if cls.__doc__ and own and 'Parameters\n' not in cls.__doc__:
            cls.__doc__ = _with_parameters(cls)

    def __init__(self, n=None, *, noise=None, method=None, dt=None, sigma=0., seed=None, mode=None,
                 name=None, **constants):
        cls = type(self)
        n = cls.default_n if n is None else n
        noise = cls.default_noise if noise is None else noise
        if isinstance(noise, dict) and set(noise) == {'sigma', 'tau'}:
            noise = OrnsteinUhlenbeck(**noise)
        if not (noise is None or isinstance(noise, OrnsteinUhlenbeck)):
            raise self.invalid('noise', 'an OrnsteinUhlenbeck, or a dict with its sigma and tau', repr(noise))
        self.noise = noise if noise is not None and noise.sigma > 0 else None
        unknown = set(constants) - set(cls.constants)
        if unknown:
            raise TypeError(f'{cls.__name__} has no option {", ".join(sorted(unknown))}. It has: '
                            f'{", ".join(cls._signature().parameters)}.')
        own, sizes, n_in = cls.states, n, n
        if self.noise is not None:
            self.states = (*own, 'eta')
            sizes = {**dict.fromkeys(own, n), 'eta': n_in}
        super().__init__(sizes, n_in, method=cls.default_method if method is None else method, dt=dt, sigma=sigma,
                         seed=seed, mode=mode, name=name)
        self.n = n
        self.set_constants(**constants)

    def start(self):
        """The state of one sample after a reset; default zeros."""
        return self.without_noise({s: jnp.zeros(size) for s, size in self.sizes.items()})

    def observable(self, r):
        """What the circuit shows, and what others that are coupled to it see, (n,). Default: the first state."""
        return r if len(type(self).states) == 1 else r[type(self).states[0]]

    # ---- what follows ------------------------------------------------------------------------------------------------

    def output(self, r, params):
        """The `observable`."""
        return self.observable(self.without_noise(r))

    def initial_state(self):
        """`start`, and no noise yet."""
        start = self.start()
        if self.noise is None:
            return start
        start = start if isinstance(start, dict) else {type(self).states[0]: start}
        return {**start, 'eta': jnp.zeros(self.sizes['eta'])}

    @property
    def recorded(self):
        return type(self).states

    def drift(self, r, params, x):
        if self.noise is None:
            return super().drift(r, params, x)
        f = self.F(self.without_noise(r), params, x + r['eta'])
        f = f if isinstance(f, dict) else {type(self).states[0]: f}
        return {**f, 'eta': self.noise.drift(r['eta'])}

    def without_noise(self, r):
        """The state without the noise."""
        if 'eta' not in self.states:
            return self.as_state(r) if isinstance(r, dict) else r
        own = {s: r[s] for s in type(self).states}
        return own if len(own) > 1 else next(iter(own.values()))

    @classmethod
    def _signature(cls):
        def option(name, default):
            return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)
        own = [p for p in inspect.signature(cls.__init__).parameters.values()
               if p.kind is inspect.Parameter.KEYWORD_ONLY and p.name not in _SHARED]
        return inspect.Signature([
            inspect.Parameter('n', inspect.Parameter.POSITIONAL_OR_KEYWORD, default=cls.default_n), *own,
            *(option(k, c.default) for k, c in cls.constants.items()), option('noise', cls.default_noise),
            option('method', cls.default_method), option('dt', None), option('sigma', 0.), option('seed', None),
            option('mode', None), option('name', None)])


_SHARED = ('noise', 'method', 'dt', 'sigma', 'seed', 'mode', 'name')


def _with_parameters(cls):
    """The docstring with the options and constants listed before its References."""
    lines = ['Parameters', '----------']

    def tell(name, kind, meaning, default):
        text = f'{meaning[:1].upper()}{meaning[1:]}{"" if meaning.endswith(".") else "."} Default {default}.'
        lines.extend([f'{name} : {kind}', *textwrap.wrap(text, 100, initial_indent='    ', subsequent_indent='    ')])
    for name, parameter in cls._signature().parameters.items():
        constant = cls.constants.get(name)
        if constant is not None:
            unit = f' ({constant.unit})' if constant.unit else ''
            tell(name, 'float', constant.meaning + unit, f'{constant.default:.16g}')
        elif name not in _SHARED:
            about = cls.about.get(name, Circuit.about.get(name, 'As described above'))
            tell(name, type(parameter.default).__name__, about, parameter.default)
    lines += ['noise, method, dt, sigma, seed, mode, name',
              f"    As in `Circuit`; the method is '{cls.default_method}'"
              + (f', time in {cls.unit_of_time}.' if cls.unit_of_time else ', time without unit.'), '']
    doc = inspect.cleandoc(cls.__doc__)
    before, heading, after = doc.partition('References\n---')
    return before.rstrip() + '\n\n' + '\n'.join(lines) + '\n' + heading + after
