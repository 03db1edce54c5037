"""`CurrentRule`: rules that use the currents of a model, their effect on each unit, and the presynaptic activity."""

from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import ContinuousCurrents, HasCurrents
from ratezoo.errors import CompositionError
from ratezoo.learning.online import OnlineRule
from ratezoo.types import Array, Params, State


class CurrentRule(OnlineRule):
    """An `OnlineRule` for models with currents, I = Σ_p w_p z_p (`HasCurrents`).

    For such a model the immediate influence is a product, ∂r/∂w_ij = (∂r/∂I_i) z_j. A rule that derives from this class
    gives the three functions of an `OnlineRule`. It can use the methods below for ∂r/∂I and z.

    The letters in the shapes: n units, S states and g currents of each unit (g is the model's ``gates``).
    """

    needs = (HasCurrents,)

    def prepare(self) -> None:
        super().prepare()
        name = type(self).__name__
        if isinstance(self, ContinuousCurrents) and self.method != 'euler':
            raise CompositionError(
                f"{name}.method: expected 'euler', in which a step has one current, got {self.method!r}. For other "
                'integrators use RTRL, BPTT, SnAp or UORO.'
            )
        other = [p for p in self.step_params if p not in self.synapses]
        if other:
            raise CompositionError(
                f'{name}: the rule needs a model whose step reads no parameters but the synapses '
                f'{", ".join(self.synapses)}; this step also reads {", ".join(other)}. Use RTRL, BPTT, SnAp or UORO.'
            )

    def check_units(self) -> None:
        """Raise `CompositionError` unless each unit has one state and one current. A rule may call it in `prepare`."""
        if len(self.states) > 1 or self.gates > 1:
            raise CompositionError(
                f'{type(self).__name__}: the rule needs units with one state and one current, got units with '
                f'{len(self.states)} states and {self.gates} currents. EProp also learns such units.'
            )

    @property
    def n_currents(self) -> int:
        """The number of currents, g n."""
        return self.gates * self.sizes[self.states[0]]

    def presynaptic_arrays(self, r: State, x: Array) -> dict[str, Array]:
        """The presynaptic activity z of each synapse by name, (n_pre,); for a bias it is 1, as an array (1,)."""
        return {p: jnp.ones(1, self.dtype) if z is None else z for p, z in self.presynaptic(r, x).items()}

    def presynaptic_sizes(self, params: Params) -> dict[str, int]:
        """The number of presynaptic activities n_pre of each synapse by name; for a bias it is 1."""
        weights = jax.eval_shape(self.weights, params)
        return {p: 1 if weights[p].ndim == 1 else weights[p].shape[1] for p in self.synapses}

    def stacked(self, r: State) -> Array:
        """A state as one array (S, n)."""
        return jnp.stack(list(self.by_name(r).values()))

    def unstacked(self, stack: Array) -> State:
        """An array (S, n) as a state."""
        return self.as_state(dict(zip(self.states, stack, strict=True)))

    def local_derivatives(self, r: State, I: Array) -> tuple[Array, Array]:
        """The derivatives of the step within each unit. ∂/∂(state) is taken at a fixed current.

        Given the currents, no unit acts on another one. So ∂r_t/∂r_{t−1} is diagonal in the units, and one forward pass
        with a tangent of ones in one state gives this diagonal for all units. The full Jacobian would take n passes.

        Parameters
        ----------
        r : array (n,), or dict of arrays by state
            The state before the step.
        I : array (g n,)
            The currents.

        Returns
        -------
        by_state : array (S, S, n)
            Entry [a, b, i] is ∂(state a of unit i after the step)/∂(state b of unit i before it).
        by_gate : array (S, g, n)
            Entry [a, c, i] is ∂(state a of unit i after the step)/∂(current c of unit i).
        """
        stack = self.stacked(r)
        gates = I.reshape(self.gates, stack.shape[1])
        no_change = jnp.zeros_like(stack), jnp.zeros_like(gates)

        def step(stack, gates):
            return self.stacked(self.step_of_current(self.unstacked(stack), gates.reshape(-1)))

        def along_row(argument, k):
            """The derivative along ones in row k of the stack (argument 0) or of the gates (argument 1)."""
            tangents = list(no_change)
            tangents[argument] = tangents[argument].at[k].set(1.0)
            return jax.jvp(step, (stack, gates), tuple(tangents))[1]

        by_state = jnp.stack([along_row(0, k) for k in range(len(stack))], 1)
        by_gate = jnp.stack([along_row(1, k) for k in range(len(gates))], 1)
        return by_state, by_gate

    def by_current_matrix(self, by_gate: Array) -> Array:
        """∂r/∂I as a matrix (S n, g n), from the derivatives within the units (S, g, n)."""
        S, g, n = by_gate.shape
        i = np.arange(n)
        full = jnp.zeros((S, n, g, n), by_gate.dtype).at[:, i, :, i].set(jnp.moveaxis(by_gate, 2, 0))
        return full.reshape(S * n, g * n)

    def to_parameters(self, by_weights: Mapping[str, Array], params: Params) -> Params:
        """The gradient with respect to the parameters.

        A parameter need not be the weight that acts in the current: a model may act with |W|, for example. This method
        applies the derivative of the one with respect to the other.

        Parameters
        ----------
        by_weights : dict
            For each synapse by name, the gradient with respect to the weight that acts. A bias may be (n_post, 1).
        params : dict
            Parameter name → array.
        """
        weights, pull = jax.vjp(self.weights, params)
        (grads,) = pull({p: by_weights[p].reshape(weights[p].shape) for p in self.synapses})
        return {p: grads[p] for p in self.step_params}

    def split_synapses(self, joint: Array, params: Params) -> dict[str, Array]:
        """Cut a matrix (n_post, n_pre of all synapses together) into one matrix (n_post, n_pre) for each synapse."""
        sizes = self.presynaptic_sizes(params)
        cuts = np.cumsum([sizes[p] for p in self.synapses])[:-1]
        return dict(zip(self.synapses, jnp.split(joint, cuts, axis=-1), strict=True))
