"""Eligibility propagation and random-feedback local online learning: only what stays within a unit."""

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.errors import CompositionError, InvalidValueError
from ratezoo.learning.currents import CurrentRule

__all__ = ['RFLO', 'EProp']
CATEGORY = 'approximate online rule'


class EProp(CurrentRule):
    """Eligibility propagation: each synapse keeps its influence on its own unit; other units are left out.

    For a model with currents I = w z (`HasCurrents`), the states s_i of unit i move with their own past and the unit's
    own current, and the eligibility of w_ij

        (1)  ε_ij ← (∂s_i/∂s_i)|_I ε_ij + (∂s_i/∂I_i) z_j,     ε = 0 at first
        (2)  dl/dw_ij ≈ Σ_t α_t L_i ε_ij

    with the learning signal L_i = ∂l_t/∂s_i ('symmetric' feedback: through the readout as it is) or
    L = B ∂l_t/∂output ('random' feedback, B fixed). Parameters that only the output reads get their exact gradient.

    Approximate: drops every path from unit to unit, also that from a unit over its own synapse to itself. With
    ∂s_i/∂s_i = 1 − Δt/τ, a plain leak, it is `RFLO`; `SnAp` of order 1 keeps the synapse to itself and agrees where
    there is none.

    The traces are Variables ``p_<parameter>`` of shape (number of states, *shape of the parameter). Fixed random
    feedback is ``feedback_weights`` (N, n_out), from the model's seed, N(0, 1/n_out); set it to choose another.

    Cost a step: O(m) operations and memory.

    Options (of `gradient` and `fit`)
    ---------------------------------
    feedback : str
        'symmetric' or 'random'. Default 'symmetric'.

    References
    ----------
    G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein and W. Maass, "A solution to the learning
    dilemma for recurrent networks of spiking neurons", Nature Communications 11, 3625 (2020),
    doi:10.1038/s41467-020-17236-y, Eqs. (4), (13), (14); here for rate units, whose state is what other units see.

    Examples
    --------
    >>> import ratezoo
    >>> class Net(ratezoo.EProp, ratezoo.RateRNN):
    ...     '''Local and cheap.'''
    >>> Net(2, 5, 1, seed=0).p_W.shape
    (1, 5, 5)
    """

    exact = 'exact for weights that influence no other unit, nor their own through a synapse'
    options = ('feedback',)
    feedback = 'symmetric'

    def check_options(self, options):
        if options['feedback'] not in ('symmetric', 'random'):
            raise InvalidValueError(f'{type(self).__name__}.feedback: expected \'symmetric\' or \'random\', got '
                                    f'{options["feedback"]!r}.')

    def prepare(self):
        super().prepare()
        out = self.output_shape
        draw = np.random.default_rng([self.seed, 1]).normal(size=(self.state_size, *out))
        self.feedback_weights = jnp.asarray(draw / out[0] ** 0.5, self.dtype)

    def initial_traces(self, params, key=None, **_):
        """ε = 0."""
        weights = jax.eval_shape(self.weights, params)
        return {f'p_{q}': jnp.zeros((len(self.states), *weights[q].shape), self.dtype) for q in self.synapses}

    def advance(self, r, params, x, traces, **_):
        """Eq. (1)."""
        z, I = self.presynaptic_arrays(r, x), self.current(r, params, x)
        by_state, by_gate = self.local_derivatives(r, I)
        by_state = jnp.tile(by_state, (1, 1, self.gates))                   # a unit's states for each of its currents
        by_current = by_gate.reshape(len(by_gate), -1)

        def next_trace(trace, z):
            flat = trace.reshape(*trace.shape[:2], -1)                      # a bias as a matrix with one column
            flat = jnp.einsum('abi,bij->aij', by_state, flat) + by_current[:, :, None] * z
            return flat.reshape(trace.shape)
        return (self.step_of_current(r, I),
                {f'p_{q}': next_trace(traces[f'p_{q}'], z[q]) for q in self.synapses})

    def signal(self, r, params, y, alpha, loss, feedback='symmetric'):
        """α_t l_t, the learning signal and the direct gradient."""
        value, dl_dr, direct = super().signal(r, params, y, alpha, loss)
        if feedback == 'random':
            error = jax.grad(lambda o: alpha * loss(o, y))(self.output(r, params))
            dl_dr = self.flat(r)[1](self.feedback_weights @ error)
        return value, dl_dr, direct

    def credit(self, dl_dr, traces, params, **_):
        """Eq. (2)."""
        L = jnp.tile(self.stacked(dl_dr), (1, self.gates))
        by_weights = {q: jnp.einsum('ai,ai...->i...', L, traces[f'p_{q}']) for q in self.synapses}
        return self.to_parameters(by_weights, params)

    def cost_per_sample(self, n, m, total, T, **_):
        return 3 * len(self.states) * m + total, 2 * (len(self.states) ** 2 + 1) * m


class RFLO(EProp):
    """Random-feedback local online learning: each synapse low-passes its pre- and postsynaptic activity.

    For leaky units, r ← (1 − a) r + a φ(I) with leak a = Δt/τ and currents I = w z (`HasCurrents`),

        (1)  p_ij ← (1 − a) p_ij + a φ′(I_i) z_j
        (2)  dl/dw_ij ≈ Σ_t α_t L_i p_ij,     L = ∂l_t/∂r_t or B ∂l_t/∂output

    Approximate: drops the recurrent weights from the Jacobian, and keeps the leak. It is `EProp` on units with one
    state and one current; other models are refused. The default feedback is 'symmetric', as in the comparison of
    Marschall et al. (2020); the paper's own is feedback='random'.

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

    def prepare(self):
        super().prepare()
        if len(self.states) > 1 or self.gates > 1:
            raise CompositionError(f'{type(self).__name__}: the rule needs units of one state, a leak and a current; '
                                   f'these have {len(self.states)} states and {self.gates} currents. EProp is its '
                                   'generalisation to such units.')
