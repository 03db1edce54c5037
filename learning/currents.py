"""Rules that look into the step: the current, what it does to each unit, and the activity that feeds it."""

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import ContinuousCurrents, HasCurrents
from ratezoo.errors import CompositionError
from ratezoo.learning.online import OnlineRule


class CurrentRule(OnlineRule):
    """An `OnlineRule` for models with currents, I = Σ_p w_p z_p: the immediate influence is (∂r/∂I_i) z_j."""

    needs = (HasCurrents,)

    def prepare(self):
        super().prepare()
        who = type(self).__name__
        if isinstance(self, ContinuousCurrents) and self.method != 'euler':
            raise CompositionError(f'{who}.method: expected \'euler\', in which a step has one current, got '
                                   f'{self.method!r}. For other integrators use RTRL, BPTT, SnAp or UORO.')
        other = [p for p in self.step_params if p not in self.synapses]
        if other:
            raise CompositionError(f'{who}: the rule needs all weights in the current '
                                   f'({", ".join(self.synapses)}), but the step reads {", ".join(other)} too.')

    @property
    def n_currents(self):
        """Number of currents."""
        return self.gates * self.sizes[self.states[0]]

    def presynaptic_arrays(self, r, x):
        """z as arrays, 1 for a bias."""
        return {p: jnp.ones(1, self.dtype) if z is None else z for p, z in self.presynaptic(r, x).items()}

    def presynaptic_sizes(self, params):
        weights = jax.eval_shape(self.weights, params)
        return {p: 1 if weights[p].ndim == 1 else weights[p].shape[1] for p in self.synapses}

    def stacked(self, r):
        """A state as an array (number of states, n)."""
        return jnp.stack(list(self.by_name(r).values()))

    def unstacked(self, stack):
        return self.as_state(dict(zip(self.states, stack, strict=True)))

    def local_derivatives(self, r, I):
        """By how much each unit's states move with its own states, (S, S, n), and with its own currents, (S, gates, n),
        the current being held."""
        stack, n = self.stacked(r), self.stacked(r).shape[1]
        gates = I.reshape(self.gates, n)

        def step(stack, gates):
            return self.stacked(self.step_of_current(self.unstacked(stack), gates.reshape(-1)))

        def along(which, like):
            def one(k):                                 # all units at once: given the current, each goes by itself
                tangent = jnp.zeros_like(like).at[k].set(1.)
                tangents = (tangent, jnp.zeros_like(gates)) if which == 0 else (jnp.zeros_like(stack), tangent)
                return jax.jvp(step, (stack, gates), tangents)[1]
            return jnp.stack([one(k) for k in range(len(like))], 1)
        return along(0, stack), along(1, gates)

    def by_current_matrix(self, by_gate):
        """∂r/∂I as a matrix (N, gates n) from the units' own derivatives (S, gates, n)."""
        S, g, n = by_gate.shape
        i = np.arange(n)
        full = jnp.zeros((S, n, g, n), by_gate.dtype).at[:, i, :, i].set(jnp.moveaxis(by_gate, 2, 0))
        return full.reshape(S * n, g * n)

    def to_parameters(self, by_weights, params):
        """The gradient by the parameters from that by the weights that act."""
        weights, pull = jax.vjp(self.weights, params)
        grads, = pull({p: by_weights[p].reshape(weights[p].shape) for p in self.synapses})
        return {p: grads[p] for p in self.step_params}

    def split_synapses(self, joint, params):
        """A matrix (post, all presynaptic) cut into those of the synapses."""
        sizes = self.presynaptic_sizes(params)
        cuts = np.cumsum([sizes[p] for p in self.synapses])[:-1]
        return dict(zip(self.synapses, jnp.split(joint, cuts, axis=-1), strict=True))
