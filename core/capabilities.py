"""What a rule may ask of a model beyond F: small abstract base classes, each with one meaning.

A rule lists in ``needs`` the capabilities that a model must have. A model has a capability if its class is derived from
it, ``class Net(HasEnergy, RateModel)``, and gives its abstract methods. All methods see one sample: the state r has the
shape (n,), or is a dict of such arrays where the model has several states; the input x has the shape (n_in,).
"""

import abc
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from ratezoo.errors import CompositionError, NotAnEnergyModelError
from ratezoo.integrators import METHODS
from ratezoo.types import Array, Params, PartOfModel, State

__all__ = [
    'ContinuousCurrents',
    'DiscreteCurrents',
    'HasCurrents',
    'HasEnergy',
    'HasLyapunov',
    'HasNoiseLevels',
    'HasOutputUnits',
    'HasPenalty',
    'HasReadout',
]


class Capability(abc.ABC, PartOfModel):
    """Something that a model has beyond F.

    Attributes
    ----------
    missing : type of Exception
        The error that is raised when a rule needs the capability and the model does not have it.
    """

    missing: type[Exception] = CompositionError


class HasLyapunov(Capability):
    """A model with an energy E(r, w, x) that never rises while the network runs, whatever its F is.

    The model gives `energy`. The Variable ``E`` holds the energy after each step, so monitors can show it. The energy
    never rises if there is no noise, the input is constant and the steps are small enough.
    """

    @abc.abstractmethod
    def energy(self, r: Any, params: Params, x: Array) -> Array:
        """The energy E of one sample, one number; pure."""

    def extra_variables(self) -> Mapping[str, Any]:
        """The energy E; it is 0 until the first step."""
        return {'E': self.batched(jnp.zeros((), self.dtype))}

    def observe(self, r: State, params: Params, x: Array, axis: int | None) -> None:
        """Write the energy of the new state into E."""
        super().observe(r, params, x, axis)  # type: ignore[misc]
        self.E.value = self.map_samples(self.energy, (0, None, axis))(r, params, x)


class HasEnergy(HasLyapunov):
    """A model with an energy E(r, w, x) and F = −∂E/∂r. So its Jacobian J is symmetric.

    The model gives `energy`. F is computed from it, unless the model also gives F.
    """

    missing = NotAnEnergyModelError

    def F(self, r: Any, params: Params, x: Array) -> State:
        """−∂E/∂r."""
        is_complex = any(map(jnp.iscomplexobj, jax.tree_util.tree_leaves(r)))  # in holomorphic EP
        slope = jax.grad(self.energy, holomorphic=is_complex)(r, params, x)
        return jax.tree_util.tree_map(jnp.negative, slope)


class HasOutputUnits(Capability):
    """A model whose output is the state of some of its units. A rule can hold these units at a target."""

    @property
    @abc.abstractmethod
    def output_units(self) -> slice:
        """Which entries of the state r are the output."""

    def output(self, r: Any, params: Params) -> Array:
        """The state of the output units."""
        return r[self.output_units]


class HasPenalty(Capability):
    """A model whose parameters are penalised: rules minimise the sum of the loss and ``penalty(params)``."""

    @abc.abstractmethod
    def penalty(self, params: Params) -> Array:
        """The number that is added to the loss."""


class HasNoiseLevels(Capability):
    """A model whose F is the score at each level of noise σ. Denoising score matching trains such a model.

    Attributes
    ----------
    sigma_min, sigma_max, sigma_data : float
        The lowest and the highest level of noise, and the standard deviation of the data.
    """

    @abc.abstractmethod
    def at_level(self, sigma: Any) -> Array:
        """The input x with which F(r, params, x) is the score at the level σ."""


class HasCurrents(Capability):
    """A model whose parameters enter a step only through a current that is linear in the synaptic weights.

        (1)  I = Σ_p w_p z_p(r, x),     r_t = step_of_current(r_{t−1}, I)

    z_p is the vector of presynaptic activity of the weight matrix w_p (n_post, n_pre). For a bias w_p (n_post,), z_p
    is 1. Then the immediate influence is a product, ∂r_k/∂w_ij = (∂r_k/∂I_i) z_j. Kronecker-factored rules use this.

    Given the currents, the units do not act on each other: the new state of unit i depends on the state and the
    currents of unit i alone. Each unit has ``gates`` currents; I[g n + i] is the current of gate g of unit i. A model
    is a `ContinuousCurrents` or a `DiscreteCurrents`.

    Attributes
    ----------
    synapses : tuple of str
        The names of the parameters in the current. No other parameter may enter the step.
    gates : int
        The number of currents of each unit. Default 1; an LSTM has 4.
    """

    synapses: tuple[str, ...] = ('W', 'W_in', 'b')
    gates: int = 1

    @abc.abstractmethod
    def presynaptic(self, r: Any, x: Array) -> Mapping[str, Array | None]:
        """z: for each of ``synapses``, by name, a vector (n_pre,), or None for a bias."""

    @abc.abstractmethod
    def step_of_current(self, r: Any, I: Array) -> State:
        """The state after one step from the state r, with the current I (gates · n,) constant during the step."""

    def weights(self, params: Params) -> Mapping[str, Array]:
        """w: for each of ``synapses``, by name, the weights that act. Default: the parameters themselves."""
        return {p: params[p] for p in self.synapses}

    def current(self, r: Any, params: Params, x: Array) -> Array:
        """The current I (gates · n,) of Eq. (1)."""
        w, z = self.weights(params), self.presynaptic(r, x)

        def term(p):
            return w[p] if z[p] is None else w[p] @ z[p]

        return sum(map(term, self.synapses))


class ContinuousCurrents(HasCurrents):
    """`HasCurrents` in continuous time: dr/dt = F_of_current(r, I). A step at a given current is an Euler step."""

    @abc.abstractmethod
    def F_of_current(self, r: Any, I: Array) -> State:
        """dr/dt at the state r and the current I (gates · n,); it has the form of r."""

    def F(self, r: Any, params: Params, x: Array) -> State:
        """The vector field at the network's own current."""
        return self.F_of_current(r, self.current(r, params, x))

    def step_of_current(self, r: Any, I: Array) -> State:
        """r + Δt F_of_current(r, I)."""
        return METHODS['euler'](lambda s: self.F_of_current(s, I), r, self.dt)


class DiscreteCurrents(HasCurrents):
    """`HasCurrents` in discrete time: r_t = step_of_current(r_{t−1}, I)."""

    def step(self, r: Any, params: Params, x: Array) -> State:
        """The state after one step, with the network's own current."""
        return self.step_of_current(r, self.current(r, params, x))


class HasReadout(Capability):
    """A model whose output is linear in the weights of a readout: output = W_out features(r) + b_out.

    The bias b_out is left out if the model has no such parameter.

    Attributes
    ----------
    readout : tuple of str
        The names of the readout's weights and of its bias. Default W_out and b_out.
    """

    readout: tuple[str, str] = ('W_out', 'b_out')

    def features(self, r: Any) -> Array:
        """The vector (n,) that the readout multiplies. Default: the state."""
        return r

    def output(self, r: Any, params: Params) -> Array:
        """W_out features(r) + b_out."""
        weights, bias = self.readout
        read = params[weights] @ self.features(r)
        return read + params[bias] if bias in params else read
