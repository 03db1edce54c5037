"""The published algorithms as plain NumPy loops, for r ← (1 − a) r + a tanh(W r + W_in x + b) and a linear readout.

They share no code with the library: an estimate of the gradient by the joint matrix [W, W_in, b], (n, n + n_in + 1), of
Σ_t ½‖W_out r_t + b_out − y_t‖²/T, from r = 0. Random signs are handed in.
"""

import numpy as np


def run(params, a, x, y):
    """At each step: the Jacobian, D = ∂r/∂(current) as a vector, the presynaptic activity, ∂l_t/∂r_t."""
    W, W_in, b, W_out, b_out = (np.asarray(params[p], float) for p in ('W', 'W_in', 'b', 'W_out', 'b_out'))
    r = np.zeros(len(b))
    for x_t, y_t in zip(x, y, strict=True):
        z = np.concatenate([r, x_t, [1.0]])
        phi = np.tanh(W @ r + W_in @ x_t + b)
        D = a * (1 - phi**2)
        J = (1 - a) * np.eye(len(b)) + D[:, None] * W
        r = (1 - a) * r + a * phi
        yield J, D, z, (W_out @ r + b_out - y_t) @ W_out / len(y)


def _ratio(above, below):
    return np.sqrt(above / below) if above > 0 and below > 0 else 1.0


def uoro(params, a, x, y, signs):
    """Tallec & Ollivier 2017, Algorithm 1, with exact products; signs (T, n)."""
    n = len(signs[0])
    s, theta, grad = np.zeros(n), 0.0, 0.0
    for (J, D, z, dl), nu in zip(run(params, a, x, y), signs, strict=True):
        moved, immediate = J @ s, np.outer(nu * D, z)
        rho0 = _ratio(np.linalg.norm(theta), np.linalg.norm(moved))
        rho1 = _ratio(np.linalg.norm(immediate), np.linalg.norm(nu))
        s, theta = rho0 * moved + rho1 * nu, theta / rho0 + immediate / rho1
        grad = grad + (dl @ s) * theta
    return grad


def kf_rtrl(params, a, x, y, signs):
    """Mujika, Meier & Steger 2018, Algorithm 1; signs (T, 2)."""
    n = len(params['b'])
    u, A, grad = 0.0, np.zeros((n, n)), 0.0
    for (J, D, z, dl), c in zip(run(params, a, x, y), signs, strict=True):
        H = J @ A
        p1 = _ratio(np.linalg.norm(H), np.linalg.norm(u))
        p2 = _ratio(np.linalg.norm(np.diag(D)), np.linalg.norm(z))
        u, A = c[0] * p1 * u + c[1] * p2 * z, c[0] / p1 * H + c[1] / p2 * np.diag(D)
        grad = grad + np.outer(dl @ A, u)
    return grad


def r_kf_rtrl(params, a, x, y, signs):
    """Marschall, Cho & Savin 2020, the factors the other way round; signs (T, n)."""
    n = len(params['b'])
    A, B, grad = np.zeros(n), 0.0, 0.0
    for (J, D, z, dl), nu in zip(run(params, a, x, y), signs, strict=True):
        moved, immediate = J @ B if np.ndim(B) else np.zeros((n, len(z))), np.outer(nu * D, z)
        rho1 = _ratio(np.linalg.norm(moved), np.linalg.norm(A))
        rho2 = _ratio(np.linalg.norm(immediate), np.linalg.norm(nu))
        A, B = rho1 * A + rho2 * nu, moved / rho1 + immediate / rho2
        grad = grad + np.outer(A, dl @ B)
    return grad


def rflo(params, a, x, y, _):
    """Murray 2019, with the readout's own transpose as feedback."""
    p, grad = 0.0, 0.0
    for _J, D, z, dl in run(params, a, x, y):
        p = (1 - a) * p + np.outer(D, z)
        grad = grad + dl[:, None] * p
    return grad
