"""Eligibility propagation and random-feedback local online learning: they keep only the influence within a unit."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.learning.currents import CurrentRule
from ratezoo.types import Array, Loss, Params, State

__all__ = ['RFLO', 'EProp']
CATEGORY = 'approximate online rule'


class EProp(CurrentRule):
    """Eligibility propagation: each synapse keeps its influence on its own unit; the influence on others is left out.

    It needs a model with currents I = w z (`HasCurrents`). The states s_i of unit i change with their own past and with
    the unit's own current. The eligibility of w_ij is

        (1)  ε_ij ← (∂s_i/∂s_i)|_I ε_ij + (∂s_i/∂I_i) z_j,     ε = 0 at first
        (2)  dl/dw_ij ≈ Σ_t α_t L_i ε_ij

    where (…)|_I is the derivative at a fixed current. The learning signal is L_i = ∂l_t/∂s_i, through the true readout
    weights ('symmetric' feedback), or L = B ∂l_t/∂output with fixed random weights B ('random' feedback). Parameters
    that only the output reads get their exact gradient.

    Approximate: drops every path from unit to unit, also the path from a unit through its own synapse to itself. With
    ∂s_i/∂s_i = 1 − Δt/τ, a leak alone, this rule is `RFLO`. `SnAp` of order 1 keeps the path through a unit's own
    synapse. It agrees with this rule if no unit has such a synapse.

    The traces are Variables ``p_<parameter>`` of shape (number of states, *shape of the parameter). The weights B are
    the attribute ``feedback_weights`` (N, n_out), drawn from N(0, 1/n_out) with the model's seed. Set it to use others.

    Cost a step: O(m) operations and memory.

    Options (of `gradient` and `fit`)
    ---------------------------------
    feedback : str
        'symmetric' or 'random'. Default 'symmetric'.

    References
    ----------
    G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein and W. Maass, "A solution to the learning
    dilemma for recurrent networks of spiking neurons", Nature Communications 11, 3625 (2020),
    doi:10.1038/s41467-020-17236-y, Eqs. (4), (13), (14); here for rate units, which send
    their state to other units.

    Examples
    --------
    >>> import ratezoo
    >>> class Net(ratezoo.EProp, ratezoo.RateRNN):
    ...     '''Local and cheap.'''
    >>> Net(2, 5, 1, seed=0).p_W.shape
    (1, 5, 5)
    """

    exact = (
        'approximate: drops every path from unit to unit, also from a unit through its own synapse to itself. '
        'Standard case (docs/accuracy.md): relative error 0.3, cosine 0.95'
    )
    options = ('feedback',)
    feedback: str = 'symmetric'

    def check_options(self, options: Mapping[str, Any]) -> None:
        if options['feedback'] not in ('symmetric', 'random'):
            raise self.invalid('feedback', "'symmetric' or 'random'", repr(options['feedback']))

    def prepare(self) -> None:
        super().prepare()
        out = self.output_shape
        B = np.random.default_rng([self.seed, 1]).normal(size=(self.state_size, *out))
        self.feedback_weights = jnp.asarray(B / out[0] ** 0.5, self.dtype)

    def initial_traces(self, params: Params, key: Array | None = None, **_: Any) -> dict[str, Array]:
        """ε = 0."""
        weights = jax.eval_shape(self.weights, params)
        return {f'p_{q}': jnp.zeros((len(self.states), *weights[q].shape), self.dtype) for q in self.synapses}

    def advance(
        self, r: State, params: Params, x: Array, traces: dict[str, Array], **_: Any
    ) -> tuple[State, dict[str, Array]]:
        """Eq. (1)."""
        z, I = self.presynaptic_arrays(r, x), self.current(r, params, x)
        by_state, by_gate = self.local_derivatives(r, I)
        by_state = jnp.tile(by_state, (1, 1, self.gates))  # (S, S, n) → (S, S, g n): all currents of a unit share it
        by_current = by_gate.reshape(len(by_gate), -1)  # (S, g n)

        def next_trace(trace, z):
            matrix = trace.reshape(*trace.shape[:2], -1)  # a bias (S, g n) becomes (S, g n, 1)
            matrix = jnp.einsum('abi,bij->aij', by_state, matrix) + by_current[:, :, None] * z
            return matrix.reshape(trace.shape)

        return (
            self.step_of_current(r, I),
            {f'p_{q}': next_trace(traces[f'p_{q}'], z[q]) for q in self.synapses},
        )

    def signal(
        self, r: State, params: Params, y: Array, alpha: Array, loss: Loss, feedback: str = 'symmetric', **_: Any
    ) -> tuple[Array, State, Params]:
        """As in `OnlineRule`, with α_t L in place of α_t ∂l_t/∂r_t."""
        value, learning_signal, direct = super().signal(r, params, y, alpha, loss)
        if feedback == 'random':
            error = jax.grad(lambda output: alpha * loss(output, y))(self.output(r, params))
            learning_signal = self.flat(r)[1](self.feedback_weights @ error)
        return value, learning_signal, direct

    def credit(self, dl_dr: State, traces: dict[str, Array], params: Params, **_: Any) -> Params:
        """Eq. (2)."""
        L = jnp.tile(self.stacked(dl_dr), (1, self.gates))
        by_weights = {q: jnp.einsum('ai,ai...->i...', L, traces[f'p_{q}']) for q in self.synapses}
        return self.to_parameters(by_weights, params)

    def cost_per_sample(self, n: int, m: int, total: int, T: int, **_: Any) -> tuple[float, float]:
        return 3 * len(self.states) * m + total, 2 * (len(self.states) ** 2 + 1) * m


class RFLO(EProp):
    """Random-feedback local online learning: each synapse low-passes the product of pre- and postsynaptic activity.

    For leaky units, r ← (1 − a) r + a φ(I) with leak a = Δt/τ and currents I = w z (`HasCurrents`),

        (1)  p_ij ← (1 − a) p_ij + a φ′(I_i) z_j
        (2)  dl/dw_ij ≈ Σ_t α_t L_i p_ij,     L = ∂l_t/∂r_t or B ∂l_t/∂output

    Approximate: drops the recurrent weights from the Jacobian, and keeps the leak. It is `EProp` for units with one
    state and one current. Other models are refused. The default feedback is 'symmetric', as in the comparison of
    Marschall et al. (2020). The paper of Murray (2019) itself has feedback='random'.

    Traces, options and cost are those of `EProp`.

    References
    ----------
    J. M. Murray, "Local online learning in recurrent networks with random feedback", eLife 8, e43299 (2019),
    doi:10.7554/eLife.43299. O. Marschall, K. Cho and C. Savin, Journal of Machine Learning Research 21 (135) (2020).

    Examples
    --------
    >>> import ratezoo
    >>> class Net(ratezoo.RFLO, ratezoo.RateRNN):
    ...     '''A low-pass filter at each synapse.'''
    >>> Net(2, 5, 1, seed=0).p_W.shape
    (1, 5, 5)
    """

    exact = (
        'approximate: drops the recurrent weights from the Jacobian. '
        'Standard case (docs/accuracy.md): relative error 0.3, cosine 0.95'
    )

    def prepare(self) -> None:
        super().prepare()
        self.check_units()
