# A script in another style: v solves a system of linear equations, and jax gives the derivatives of a step.
import brainpy as bp
import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np


class RNN(bp.DynamicalSystem):
    def __init__(self, dt, w=1.0, b=1.0):
        super().__init__()
        self.dt = dt
        self.w, self.b = bm.TrainVar(bm.ones(1) * w), bm.TrainVar(bm.ones(1) * b)
        self.r, self.pw, self.pb = (bm.Variable(bm.zeros(1)) for _ in range(3))

    def reset_neuron(self, y0):
        for variable, value in ((self.r, y0), (self.pw, 0.0), (self.pb, 0.0)):
            variable.value = bm.full(1, value)

    def one_step(self, r, w, b, x):
        return r + self.dt * (-r + w * r + b + x)

    def update(self, x):
        r, w, b = self.r.value, self.w.value, self.b.value
        self.pw.value += self.dt * ((w - 1) * self.pw.value + r)
        self.pb.value += self.dt * ((w - 1) * self.pb.value + 1)
        self.r.value = self.one_step(r, w, b, x)

    def adjoint(self, r_seq, y):
        T = len(y)
        factor = jax.grad(self.one_step)(0.0, float(self.w.value[0]), 0.0, 0.0)
        return jnp.linalg.solve(jnp.eye(T) - factor * jnp.eye(T, k=1), jnp.asarray(r_seq - y) / T)

    def train(self, r_seq, v_seq, y):
        r_before = jnp.concatenate([jnp.asarray(y[:1]), jnp.asarray(r_seq[:-1])])
        by_w, by_b = jax.vmap(jax.grad(self.one_step, (1, 2)), (0, None, None, None))(
            r_before, float(self.w.value[0]), float(self.b.value[0]), 0.0
        )
        dw, db = -0.1 * v_seq @ by_w, -0.1 * v_seq @ by_b
        self.w += np.asarray(dw)
        self.b += np.asarray(db)
        return dw, db
