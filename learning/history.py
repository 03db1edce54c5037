"""`History`: what a training run did."""

from dataclasses import dataclass

import numpy as np


@dataclass
class History:
    """The learning curve of one `fit`.

    Attributes
    ----------
    epoch : array (E,)
        Number of each epoch, from 1.
    loss : array (E,)
        Mean loss over the epoch, each batch measured before its update.
    seconds : array (E,)
        Wall time from the start of `fit` to the end of the epoch; the first holds the compilation.
    residual : array (E,) or None
        Rules of fixed points: the largest |F| that was left at the end of a free phase in that epoch.
    """
    epoch: np.ndarray
    loss: np.ndarray
    seconds: np.ndarray
    residual: np.ndarray | None = None

    def plot(self, ax=None):
        """The learning curve; see `ratezoo.plots.learning_curve`."""
        from ratezoo.plots import learning_curve
        return learning_curve(self, ax=ax)

    def __len__(self):
        return len(self.loss)

    def __repr__(self):
        if not len(self):
            return 'History(no epochs)'
        return (f'History({len(self)} epochs, loss {self.loss[0]:.4g} → {self.loss[-1]:.4g}, '
                f'{self.seconds[-1]:.2f} s)')
