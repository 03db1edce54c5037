"""The sequence that the network of the course's homework must generate."""

import numpy as np


def homework_sequence(T: int = 10, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Input and target of the course's RNN homework.

        x_t ~ N(0, 0.1²),    y = exp(linspace(1, 0, T)) + N(0, 0.1²)

    Parameters
    ----------
    T : int
        Length. Default 10.
    seed : int
        Seed of the noise. Default 0.

    Returns
    -------
    x, y : arrays (T,), float64
        Input and target. The network starts from r_0 = y[0].

    Examples
    --------
    >>> from ratezoo.tasks import homework_sequence
    >>> x, y = homework_sequence()
    >>> x.shape, y.shape
    ((10,), (10,))
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 0.1, T)
    y = np.exp(np.linspace(1, 0, T)) + rng.normal(0, 0.1, T)
    return x, y
