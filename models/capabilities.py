"""What a rule may ask of a model beyond F: small abstract bases, one meaning each."""

import abc

from ratezoo.models.integrators import METHODS


class HasCurrents(abc.ABC):
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


class HasReadout:
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
