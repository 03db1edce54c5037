"""What a rule may ask of a model beyond F: small abstract bases, one meaning each."""

import abc

import jax
import jax.numpy as jnp

from ratezoo.errors import CompositionError, NotAnEnergyModelError
from ratezoo.integrators import METHODS

__all__ = ['ContinuousCurrents', 'DiscreteCurrents', 'HasCurrents', 'HasEnergy', 'HasLyapunov', 'HasNoiseLevels',
           'HasOutputUnits', 'HasPenalty', 'HasReadout']


class Capability(abc.ABC):                                                               # noqa: B024
    """Something that a model has beyond F. ``missing`` is the error of a rule that needs it and does not find it."""

    missing = CompositionError


class HasLyapunov(Capability):
    """A model with an energy E(r, w, x) that never rises while the network runs, whatever its F is.

    The model gives ``energy``, pure, of one sample, which is kept in the Variable ``E``, so that monitors show it. It
    never rises without noise, under a constant input and with small enough steps.
    """

    @abc.abstractmethod
    def energy(self, r, params, x):
        """E, one number."""

    def extra_variables(self):
        """E, 0 until the first step."""
        return {'E': self.batched(jnp.zeros((), self.dtype))}

    def observe(self, r, params, x, axis):
        super().observe(r, params, x, axis)
        self.E.value = self.map_samples(self.energy, (0, None, axis))(r, params, x)


class HasEnergy(HasLyapunov):
    """A model with an energy E(r, w, x) of which F is the way down: F = −∂E/∂r, so that J is symmetric.

    The model gives ``energy``; F follows from it unless the model writes it out.
    """

    missing = NotAnEnergyModelError

    def F(self, r, params, x):
        """−∂E/∂r."""
        down = jax.grad(self.energy, holomorphic=any(map(jnp.iscomplexobj, jax.tree_util.tree_leaves(r))))
        return jax.tree_util.tree_map(jnp.negative, down(r, params, x))


class HasOutputUnits(Capability):
    """A model whose output is the state of some of its units, which can be held at a target.

    Attributes
    ----------
    output_units : slice
        Which entries of the state r.
    """

    @property
    @abc.abstractmethod
    def output_units(self):
        """Which entries of r the output is."""

    def output(self, r, params):
        """The state of the output units."""
        return r[self.output_units]


class HasPenalty(Capability):
    """A model whose parameters are penalised: what rules minimise is the loss and ``penalty(params)``."""

    @abc.abstractmethod
    def penalty(self, params):
        """One number, to be added to the loss."""


class HasNoiseLevels(Capability):
    """A model whose F is the score at each level of noise σ: what denoising score matching trains.

    Attributes
    ----------
    sigma_min, sigma_max, sigma_data : float
        The lowest and highest level, and the standard deviation of the data.
    """

    @abc.abstractmethod
    def at_level(self, sigma):
        """The input x with which F(r, params, x) is the score at the level σ."""


class HasCurrents(Capability):
    """A model whose parameters enter a step only through a current that is linear in the synaptic weights.

        (1)  I = Σ_p w_p z_p(r, x),     r_t = step_of_current(r_{t−1}, I)

    with one vector of presynaptic activity z_p for each weight matrix w_p (n_post, n_pre), and 1 for a bias (n_post,).
    Then the immediate influence factorises, ∂r_k/∂w_ij = (∂r_k/∂I_i) z_j: what Kronecker-factored rules build on.
    Given the current, each unit goes by itself: unit i's state depends on the currents of unit i alone. ``gates``
    currents belong to a unit, I[g n + i] to unit i. A model is a `ContinuousCurrents` or a `DiscreteCurrents`.

    Attributes
    ----------
    synapses : tuple of str
        The parameters in the current. No other parameter may enter the step.
    gates : int
        Currents of a unit. Default 1; an LSTM has 4.
    """

    synapses = ('W', 'W_in', 'b')
    gates = 1

    @abc.abstractmethod
    def presynaptic(self, r, x):
        """z: a dict from each of ``synapses`` to a vector (n_pre,); None for a bias."""

    @abc.abstractmethod
    def step_of_current(self, r, I):
        """The one-step map at a current that is held constant over the step."""

    def weights(self, params):
        """w: a dict from each of ``synapses`` to the weights that act, by default the parameters themselves."""
        return {p: params[p] for p in self.synapses}

    def current(self, r, params, x):
        """I, Eq. (1)."""
        w, z = self.weights(params), self.presynaptic(r, x)
        return sum(w[p] if z[p] is None else w[p] @ z[p] for p in self.synapses)


class ContinuousCurrents(HasCurrents):
    """`HasCurrents` in continuous time: dr/dt = F_of_current(r, I); its step of a current is Euler's."""

    @abc.abstractmethod
    def F_of_current(self, r, I):
        """dr/dt at the current I."""

    def F(self, r, params, x):
        """The vector field at the network's own current."""
        return self.F_of_current(r, self.current(r, params, x))

    def step_of_current(self, r, I):
        """r + Δt F_of_current(r, I)."""
        return METHODS['euler'](lambda s: self.F_of_current(s, I), r, self.dt)


class DiscreteCurrents(HasCurrents):
    """`HasCurrents` in discrete time: r_t = step_of_current(r_{t−1}, I)."""

    def step(self, r, params, x):
        """The one-step map at the network's own current."""
        return self.step_of_current(r, self.current(r, params, x))


class HasReadout(Capability):
    """A model whose output is linear in the readout: output = W_out features(r) + b_out, or without b_out.

    Attributes
    ----------
    readout : tuple of str
        The names of the readout's weights and of its bias. Default W_out and b_out.
    """

    readout = ('W_out', 'b_out')

    def features(self, r):
        """What the readout reads, (n,). Default: the state."""
        return r

    def output(self, r, params):
        """W_out features(r) + b_out."""
        weights, bias = self.readout
        read = params[weights] @ self.features(r)
        return read + params[bias] if bias in params else read
