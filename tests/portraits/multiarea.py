"""What the picture of models/multiarea.py must show."""

import numpy as np

from portraits.base import axes_labelled, shows


def matrix(ax):
    return np.ma.filled(np.ma.masked_invalid(ax.images[0].get_array()).astype(float), np.nan)


@shows('MultiAreaNetwork')
def areas_and_their_correlations(fig, net, run):
    (rows,) = axes_labelled(fig, 'Outputs of the areas')
    assert len(rows.lines) == net.n
    for k, line in enumerate(rows.lines):
        drawn, v = line.get_ydata(), np.asarray(run.mon['v'])[-len(line.get_ydata()) :, k]
        assert abs(drawn.mean() - k) < 1e-3  # its own row
        assert np.corrcoef(-drawn, v)[0, 1] > 0.9999
    assert rows.yaxis_inverted()  # so that the rows are not upside down
    C, d, FC = (matrix(axes_labelled(fig, title)[0]) for title in ('Connectome', 'Delays', 'Correlations FC'))
    between = ~np.eye(net.n, dtype=bool)
    assert np.allclose(C[between], np.asarray(net.C.value)[between])
    assert np.isnan(np.diag(C)).all()  # no area is connected to itself
    ring = np.abs(np.arange(8)[:, None] - np.arange(8))
    assert np.allclose(d[between], (2 * np.minimum(ring, 8 - ring))[between], atol=1e-5)
    expected = np.corrcoef(np.asarray(run.mon['v'], float)[len(run.mon['ts']) // 10 :].T)
    assert np.allclose(FC, expected, atol=1e-4)
    neighbours = FC[np.minimum(ring, 8 - ring) == 1].mean()
    assert neighbours > 0.15 + FC[np.minimum(ring, 8 - ring) == 4].mean()  # not all the same: the connectome shows
    (against,) = axes_labelled(fig, 'FC and $C$ correlate by')
    assert np.allclose(np.sort(against.lines[0].get_ydata()), np.sort(FC[between]))
