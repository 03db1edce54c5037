"""`History`: the record of a training run, epoch by epoch."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ratezoo.display import as_html


@dataclass
class History:
    """The learning curve of one `fit`.

    Attributes
    ----------
    epoch : array (E,)
        Number of each epoch, from 1.
    loss : array (E,)
        Mean loss over the epoch. The loss of each batch is measured before the update by this batch.
    seconds : array (E,)
        Wall time from the start of `fit` to the end of the epoch. The first epoch contains the compilation.
    residual : array (E,) or None
        Rules of fixed points: the largest |F| in this epoch at the end of a free phase. None for other rules.
    error : array (E,) or None
        Rules that are exact in a limit: the relative error of the gradient of the first batch, ‖g − g_exact‖/‖g_exact‖,
        estimated on some of its samples. NaN in epochs in which it was not estimated: it is estimated at most once in
        100 updates. None for other rules, and with ``warn_above=math.inf``.
    """

    epoch: np.ndarray
    loss: np.ndarray
    seconds: np.ndarray
    residual: np.ndarray | None = None
    error: np.ndarray | None = None

    def plot(self, ax: Any = None) -> Any:
        """Draw the learning curve into the matplotlib Axes ``ax`` (None: new ones); see `ratezoo.plots.learning_curve`.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from ratezoo.plots import learning_curve

        return learning_curve(self, ax=ax)

    def __len__(self) -> int:
        return len(self.loss)

    def __repr__(self) -> str:
        if not len(self):
            return 'History(no epochs)'
        return f'History({len(self)} epochs, loss {self.loss[0]:.4g} → {self.loss[-1]:.4g}, {self.seconds[-1]:.2f} s)'

    def _repr_html_(self) -> str:
        return as_html(repr(self), self.plot().figure) if len(self) else repr(self)
