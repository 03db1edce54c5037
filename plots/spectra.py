"""Power spectra."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from ratezoo.errors import InvalidValueError, ShapeError
from ratezoo.plots.style import (
    Recorded,
    check_monitored,
    chosen_entries,
    curve_style,
    finish,
    given_or_new,
    record_of,
    symbol,
    times_of,
    with_unit,
)

# Unit of time → factor and unit of the frequencies; the last entry is the unit of time where frequencies are not in Hz.
_FREQUENCIES: dict[str | None, tuple[float, str | None, str | None]] = {
    'ms': (1000.0, 'Hz', None),
    's': (1.0, 'Hz', None),
}
_PAD = 4  # a segment's spectrum is computed at so many times as many frequencies


def spectrum(
    run: Recorded,
    variable: str,
    entries: int | Sequence[int | tuple[int, ...]] | None = None,
    y_unit: str | None = None,
    time_unit: str | None = 'ms',
    segments: int = 4,
    limit: float | None = None,
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The power spectral density of a monitored variable, averaged over its entries; returns the Axes.

    It is computed by Welch's method: the run is cut into segments, with Hann windows that overlap by half. A mark shows
    the peak. Frequencies with a period longer than a segment do not count for the peak.

    Parameters
    ----------
    run : runner, or mapping
        As in `traces`.
    variable : str
        What to analyse. Its mean over time is subtracted.
    entries : sequence of int or of index tuples, optional
        Which entries of the variable to average over, as in `traces`. Default all.
    y_unit : str, optional
        The physical unit of the variable. None: dimensionless.
    time_unit : str, optional
        Unit of the times. With 'ms' (default) and 's' the frequencies are in Hz, with another unit in 1/unit. None:
        dimensionless.
    segments : int
        The number of segments. Two frequencies can't be told apart if they are closer than segments/duration. Default
        4.
    limit : float, optional
        The largest frequency to draw. Default: ten times the frequency of the peak.
    label : str, optional
    ax : matplotlib Axes, optional

    Raises
    ------
    UnknownNameError
        The variable was not monitored.
    ShapeError
        The times or ``entries`` do not fit the variable.
    InvalidValueError
        The times are not evenly spaced, the variable is not finite, the variable is constant, or the run is too short
        for so many segments.
    """
    from scipy.signal import welch

    ts, values = _sampled(record_of('spectrum.run', run), variable, entries)
    length = len(ts) // segments if isinstance(segments, (int, np.integer)) and segments > 0 else 0
    if length < 8:
        raise InvalidValueError(
            f'spectrum.segments: expected a number of segments of 8 samples or more, got '
            f'{segments!r} for {len(ts)} samples.'
        )
    scale, unit, per = _FREQUENCIES.get(time_unit, (1.0, f'1/{time_unit}' if time_unit else None, time_unit))
    rate = scale * (len(ts) - 1) / (ts[-1] - ts[0])
    f, power = welch(values, rate, 'hann', length, nfft=_PAD * length, axis=0)
    f, power = f[1:], power.mean(1)[1:]  # without the constant part
    if not power.max() > 0:
        raise InvalidValueError(f'spectrum.{variable}: expected values that change; they are constant.')
    allowed = f >= rate / length
    peak = np.flatnonzero(allowed)[np.argmax(power[allowed])]
    limit = min(10 * f[peak], f[-1]) if limit is None else limit
    ax = given_or_new(ax, figsize=(5, 3.2))
    before = [line for line in ax.lines if line.get_marker() != 'v']
    reach, style = max([limit, *(ax.get_xlim()[1] for _ in before[:1])]), curve_style(len(before))
    ax.semilogy(f[power > 0], power[power > 0], label=label, **style)
    ax.semilogy(
        f[peak],
        1.6 * power[peak],
        marker='v',
        color=style['color'],
        linestyle='',
        markersize=6,
        label=f'peak at {f[peak]:.3g}' + (f' {unit}' if unit else ''),
    )
    ax.set_xlim(0, reach)
    ax.set_ylim(*_decades([line.get_xydata() for line in ax.lines], reach))
    square = f'({y_unit})²' if y_unit and '/' in y_unit else f'{y_unit}²' if y_unit else ''
    density = f'{square or 1}/{unit}' if unit == 'Hz' else ' '.join(filter(None, (square, per)))
    return finish(ax, with_unit('frequency $f$', unit), with_unit(f'power density of {symbol(variable)}', density), 2)


def _decades(drawn, reach):
    """Limits of the logarithmic axis, for the curves up to the frequency ``reach``: at most eight decades."""
    values = np.concatenate([y[(y[:, 0] <= reach), 1] for y in drawn])
    return max(values.min(), 1e-8 * values.max()) / 2, 3 * values.max()


def _sampled(mon, variable, entries):
    """The times (T,) and the chosen entries (T, n) of a monitored variable."""
    check_monitored('spectrum.variable', mon, [variable])
    values = np.asarray(mon[variable], float)
    ts = times_of(mon, values).astype(float)
    if len(ts) != len(values) or not values.ndim:
        raise ShapeError(
            f'spectrum.{variable}: expected {len(ts)} time steps along the first axis, got shape {values.shape}.'
        )
    if not np.isfinite(values).all():
        raise InvalidValueError(f'spectrum.{variable}: expected finite values.')
    step = (ts[-1] - ts[0]) / max(len(ts) - 1, 1) if len(ts) else 0.0
    if not (step > 0 and np.abs(ts - ts[0] - step * np.arange(len(ts))).max() <= 0.25 * step):  # single precision
        raise InvalidValueError('spectrum.ts: expected evenly spaced times that rise.')
    if entries is not None and values.ndim > 1:
        chosen = chosen_entries('spectrum.entries', entries, variable, values.shape[1:])
        values = np.stack([values[(slice(None), *at)] for at in chosen], 1)
    return ts, values.reshape(len(ts), -1)
