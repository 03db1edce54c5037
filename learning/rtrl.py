"""Real-time recurrent learning."""

import jax
import jax.numpy as jnp

from ratezoo.learning.online import OnlineRule


class RTRL(OnlineRule):
    """Real-time recurrent learning: the influence p = dr/dw of every parameter is carried forward in time. Exact.

    With r_t = S(r_{t−1}, w, x_t), the one-step map of the model (Euler: S = r + Δt F),

        (1)  p_t = (∂S/∂r) p_{t−1} + ∂S/∂w,   p_0 = 0        (Euler: [1 + Δt J(r_{t−1})] p_{t−1} + Δt ∂F/∂w)
        (2)  dl/dw = Σ_t α_t [(∂l_t/∂r_t) p_t + ∂l_t/∂w]

    where all derivatives of (1) are taken at r_{t−1}, before the step, and ∂l_t/∂w is the parameter's direct share
    in the output. Exact for every model, integrator and parameter, in continuous and discrete time.

    The traces are Variables ``p_<parameter>`` of shape (N, *shape of the parameter), with a leading B in batches;
    N is the number of state units, several states strung together in the order of ``states``.

    Cost: O(N² m) time a step and O(N m) memory for m parameters; m ≈ N² for a full weight matrix.

    References
    ----------
    R. J. Williams and D. Zipser, "A learning algorithm for continually running fully recurrent neural networks",
    Neural Computation 1, 270–280 (1989), doi:10.1162/neco.1989.1.2.270.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.RTRL, ratezoo.LinearRNN):
    ...     '''The course's homework.'''
    >>> loss, grads = Net().gradient(x=np.zeros(2), y=np.zeros(2))
    >>> round(loss, 4), sorted(grads)                   # r = 0.1, 0.2: l = (0.1² + 0.2²)/4
    (0.0125, ['b', 'w'])
    """

    exact = True

    def initial_traces(self, params):
        """p_0 = 0."""
        return {p: jnp.zeros((self.state_size, *params[p].shape), params[p].dtype) for p in self.traced}

    def advance(self, r, params, x, traces):
        """Eq. (1), from one reverse pass through the step for each unit."""
        vector, back = self.flat(r)
        rest = {p: v for p, v in params.items() if p not in traces}

        def step(vector, traced):
            return self.flat(self.step(back(vector), {**rest, **traced}, x))[0]

        new, pull = jax.vjp(step, vector, {p: params[p] for p in traces})
        jacobian, immediate = jax.vmap(pull)(jnp.eye(vector.size, dtype=vector.dtype))
        traces = {p: jnp.tensordot(jacobian, traces[p], 1) + immediate[p] for p in traces}
        return back(new), traces

    def credit(self, dl_dr, traces):
        """(∂l_t/∂r_t) p_t of Eq. (2)."""
        return {p: jnp.tensordot(self.flat(dl_dr)[0], trace, 1) for p, trace in traces.items()}
