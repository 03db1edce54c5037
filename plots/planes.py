"""Dynamics in pictures: phase planes, f-I curves, bifurcation diagrams, power spectra."""

import dataclasses

import numpy as np
from matplotlib.lines import Line2D

from ratezoo.errors import InvalidValueError, ShapeError, UnknownNameError
from ratezoo.plots.runs import _axes, _entry, _finish, _style, _with_unit, symbol

# Kind of fixed point → marker, colour, how it is filled: stable ones are full, saddles half, unstable ones open.
_KINDS = {
    'stable node': ('s', 'black', 'full'), 'stable focus': ('o', 'black', 'full'),
    'saddle': ('D', '#B00000', 'left'),
    'unstable node': ('s', '#B00000', 'none'), 'unstable focus': ('o', '#B00000', 'none'),
    'centre': ('o', 'black', 'top'), 'degenerate': ('X', '0.4', 'full')}
_PATHS = [('#7B3294', '-'), ('#009E73', '-'), ('#996B00', '-'), ('0.25', '-')]      # thin: nullclines are thick
_FREQUENCIES = {'ms': (1000., 'Hz', None), 's': (1., 'Hz', None)}      # the factor, the unit, and 1/unit otherwise
_PAD = 4                            # a segment's spectrum is computed at so many times as many frequencies


def phase_plane(net, x=None, limits=(-2., 2.), runs=(), starts=(), duration=None, points=201, flow=True, ax=None):
    """Nullclines, flow, fixed points and trajectories of a network of two numbers; returns the Axes.

    The nullclines are where F vanishes, one component each (thick, solid and dashed). Fixed points, by Newton's method
    from a grid: stable ones are filled, saddles half filled, unstable ones open; round for foci, square for nodes.
    The legend stands beside the plane.

    Parameters
    ----------
    net : RateModel
        Two states of one unit each, or one state of two units; coloured noise counts as 0. The labels' units are its
        ``units_of_states``.
    x : array (n_in,), optional
        Constant input. Default zero.
    limits : (low, high), or a pair of these
        Of both numbers, or of each. Default −2 and 2.
    runs : sequence
        Trajectories to draw: arrays (T, 2), runners that have run, or their ``mon`` with the states in it.
    starts : array (K, 2)
        States from which the noiseless network is simulated, its trajectories drawn too.
    duration : float, optional
        For how long, in the network's unit of time (discrete time: steps). Default: its example's.
    points : int
        Points along each side of the grid for the nullclines. Default 201.
    flow : bool
        Whether to draw streamlines. Default True.
    ax : matplotlib Axes, optional

    Raises
    ------
    InvalidValueError
        The network has not two numbers, or limits are reversed.
    UnknownNameError
        A run did not monitor a state.
    ShapeError
        A run, starts or limits do not fit.
    DivergedError
        A trajectory from ``starts`` blew up.
    """
    from ratezoo.analysis.planes import checked_limits, field, fixed_points, paths, sizes_of, vector
    from ratezoo.checks import is_count
    states = sizes_of(net)
    if sum(states.values()) != 2:
        sizes = ', '.join(f'{n} of {s}' for s, n in states.items())
        raise InvalidValueError(f'phase_plane.net: expected a network of two numbers, got {type(net).__name__} with '
                                f'{sizes}.')
    if not is_count(points) or points < 3:
        raise InvalidValueError(f'phase_plane.points: expected three points or more, got {points!r}.')
    limits = checked_limits('phase_plane.limits', limits, 2)
    trajectories = [_plane_path(states, run) for run in runs]
    if len(starts):
        trajectories += list(paths(net, starts, net.example.duration if duration is None else duration, x))
    sides = [np.linspace(*pair, points) for pair in limits]
    grid = np.stack(np.meshgrid(*sides), -1)
    F = np.ma.masked_invalid(field(net, grid.reshape(-1, 2), x).reshape(points, points, 2))

    ax = _axes(ax, figsize=(5.6, 3.6))
    every = max(1, points // 25)
    if flow:
        ax.streamplot(*(side[::every] for side in sides), *np.moveaxis(F[::every, ::every], -1, 0), color='0.72',
                      linewidth=0.6, arrowsize=0.6, density=0.9, zorder=1)
    names, labels = _plane_names(net, list(states))
    handles = []
    for i, name in enumerate(names):
        style = _style(i)
        if F[..., i].min() < 0 < F[..., i].max():
            ax.contour(*sides, F[..., i], levels=[0.], colors=style['color'], linestyles=style['linestyle'],
                       linewidths=2., zorder=2)
            rate = rf'\mathrm{{d}}{name}/\mathrm{{d}}t' if net.is_continuous else rf'\Delta {name}'
            handles.append(Line2D([], [], linewidth=2., label=f'${rate} = 0$', **style))
    for i, path in enumerate(trajectories):
        _draw_path(ax, path, limits, *_PATHS[i % len(_PATHS)])
    if trajectories:
        handles.append(Line2D([], [], color=_PATHS[0][0], linewidth=1.2, marker='x', markersize=5,
                              label='trajectory,\nfrom the cross'))
    rests = [(np.asarray(vector(net, p.r)), p.kind) for p in fixed_points(net, x, limits=limits)]
    rests = [(point, kind) for point, kind in rests if _inside(point, limits)]
    for kind in _KINDS:
        at = np.array([point for point, of in rests if of == kind])
        if len(at):
            handles += ax.plot(*at.T, linestyle='', label=kind, zorder=5, clip_on=False, **_marker(kind))
    ax.set(xlim=limits[0], ylim=limits[1])
    ax.locator_params(nbins=6)
    ax.legend(handles=handles, frameon=False, loc='upper left', bbox_to_anchor=(1.01, 1), borderaxespad=0.)
    return _finish(ax, *labels, 1)


def _marker(kind):
    shape, colour, fill = _KINDS[kind]
    return dict(marker=shape, markersize=8, color=colour, fillstyle='full' if fill == 'none' else fill,
                markerfacecolor='white' if fill == 'none' else colour, markerfacecoloralt='white',
                markeredgecolor=colour, markeredgewidth=1.5)


def _plane_names(net, states):
    """How the two numbers are written in formulas, without the dollars, and the axes' labels."""
    units = getattr(net, 'units_of_states', {})
    if len(states) == 1:
        names, states = [f'{states[0]}_{{{i}}}' for i in (1, 2)], states * 2
    else:
        names = [symbol(s).strip('$') if symbol(s) != s else rf'\mathrm{{{s}}}' for s in states]
    return names, [_with_unit(f'${name}$', units.get(s)) for name, s in zip(names, states, strict=True)]


def _plane_path(states, run):
    """A trajectory (T, 2) from an array, a runner, or what one monitored."""
    mon = getattr(run, 'mon', run)
    if hasattr(mon, 'keys'):
        for state in states:
            if state not in mon:
                raise UnknownNameError(f'phase_plane.runs: the state {state!r} was not monitored. There are: '
                                       f'{", ".join(k for k in mon if k != "ts") or "none"}.')
        mon = [np.asarray(mon[s]) for s in states]
        mon = mon[0] if len(mon) == 1 else np.stack([a.reshape(len(a), -1)[:, 0] if a.size == len(a) else a
                                                     for a in mon], -1)
    path = np.asarray(mon, float)
    if path.ndim != 2 or path.shape[1] != 2:
        raise ShapeError(f'phase_plane.runs: expected states of shape (T, 2), got {path.shape}. For a batch, pick a '
                         'sample first.')
    return path


def _inside(point, limits):
    return bool(((limits[:, 0] <= point) & (point <= limits[:, 1])).all())


def _draw_path(ax, path, limits, colour, style):
    """A trajectory, its start, and an arrowhead early on."""
    ax.plot(*path.T, color=colour, linestyle=style, linewidth=1.2, zorder=3)
    ax.plot(*path[0], marker='x', color=colour, markersize=5, markeredgewidth=1.5, zorder=4)
    length = np.concatenate([[0.], np.cumsum(np.linalg.norm(np.diff(path, axis=0) / np.ptp(limits, axis=1), axis=1))])
    if not length[-1] > 0.04:
        return
    first = np.searchsorted(length, min(0.4 * length[-1], 0.3))
    last = min(max(np.searchsorted(length, length[first] + 0.02), first + 1), len(path) - 1)
    ax.annotate('', path[last], path[first], zorder=4, arrowprops=dict(
        arrowstyle='-|>', color=colour, linewidth=0., mutation_scale=12, shrinkA=0, shrinkB=0))


def fi_curves(curves, currents, measured=None, current_unit=None, rate_unit=None, ax=None):
    """Rates against currents: f-I curves as lines, measured rates as open marks; returns the Axes.

    Parameters
    ----------
    curves : callable, sequence of callables, or dict of str to callable
        Each gives the rates (K,) at ``currents``. A curve of `ratezoo.curves` is named by its class, and by the
        constants in which several of one class differ.
    currents : array (K,)
    measured : (currents, rates), or dict of str to such a pair, optional
        Points to compare with.
    current_unit, rate_unit : str, optional
        Such as 'nA' and 'Hz'. None: dimensionless.
    ax : matplotlib Axes, optional

    Raises
    ------
    ShapeError
        Rates and currents are not of one shape.
    """
    if not isinstance(curves, dict):
        curves = _named([curves] if callable(curves) else list(curves))
    if not (measured is None or isinstance(measured, dict)):
        measured = {'measured': measured}
    currents, lines = np.asarray(currents, float), {}
    for name, curve in curves.items():
        lines[name] = np.asarray(curve(currents))
        if currents.ndim != 1 or lines[name].shape != currents.shape:
            raise ShapeError(f'fi_curves.{name}: expected a rate for each current, got shape {lines[name].shape} for '
                             f'currents of shape {currents.shape}.')
    marks = {}
    for name, pair in (measured or {}).items():
        marks[name] = [np.asarray(a, float) for a in pair]
        if len(marks[name]) != 2 or marks[name][0].shape != marks[name][1].shape:
            raise ShapeError(f'fi_curves.measured: expected currents and rates of one shape for {name!r}, got '
                             f'{[a.shape for a in marks[name]]}.')
    ax = _axes(ax, figsize=(5, 3.2))
    for i, (name, rates) in enumerate(lines.items()):
        ax.plot(currents, rates, label=name, **_style(i))
    for marker, (name, pair) in zip('os^vD' * len(marks), marks.items(), strict=False):
        ax.plot(*pair, linestyle='', marker=marker, color='black', markerfacecolor='white', markersize=5, label=name)
    return _finish(ax, _with_unit('current $I$', current_unit), _with_unit('rate $r$', rate_unit),
                   len(lines) + len(marks))


def _named(curves):
    """Name → curve: names of functions or classes, and of the constants that tell curves of one class apart."""
    found = {}
    for curve in curves:
        cls = type(curve)
        name = getattr(curve, '__name__', cls.__name__)
        same = [c for c in curves if type(c) is cls]
        if len(same) > 1 and dataclasses.is_dataclass(curve):
            values = {f.name: [getattr(c, f.name) for c in same] for f in dataclasses.fields(curve)}
            told = [f'${_constant(k)} = {getattr(curve, k):g}$' for k, v in values.items() if len(set(v)) > 1]
            name = ', '.join([name, *told])
        found[name if name not in found else f'{name} ({len(found) + 1})'] = curve
    return found


_GREEK = ('alpha', 'beta', 'gamma', 'kappa', 'lambda', 'mu', 'rho', 'sigma', 'tau', 'theta')


def _constant(name):
    """A constant's name inside a formula: 'V_th' → V_{th}, 'sigma' → σ, 'gain' upright."""
    head, _, tail = name.partition('_')
    head = rf'\{head}' if head in _GREEK else head if len(head) == 1 else rf'\mathrm{{{head}}}'
    return rf'{head}_{{\mathrm{{{tail}}}}}' if tail else head


def bifurcation(values, low, high=None, stable=None, labels=(), xlabel='parameter', ylabel='settled at', ax=None):
    """What a network settles at against a parameter: branches of fixed points, or the range of an oscillation.

    Parameters
    ----------
    values : array (K,)
        The parameter. Each branch is drawn in this order.
    low : array (K,) or (K, m)
        Where it settles, for m branches; with ``high``, the minimum. NaN: no such branch there.
    high : array like ``low``, optional
        The maximum. Where it lies above the minimum, what is between them is shaded.
    stable : array of bool like ``low``, optional
        Unstable fixed points are drawn dotted, in grey. Default: all are stable.
    labels : sequence of str
        Names of the branches.
    xlabel, ylabel : str
        With their units.
    ax : matplotlib Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ShapeError
        The arrays do not fit each other.
    """
    values, low = np.asarray(values, float), np.asarray(low, float)
    if values.ndim != 1 or low.ndim not in (1, 2) or len(low) != len(values):
        raise ShapeError(f'bifurcation.low: expected a number for each of the values, or a column for each branch, got '
                         f'{low.shape} for values of shape {values.shape}.')
    high = low if high is None else np.asarray(high, float)
    stable = np.ones(low.shape, bool) if stable is None else np.asarray(stable, bool)
    for name, array in (('high', high), ('stable', stable)):
        if array.shape != low.shape:
            raise ShapeError(f'bifurcation.{name}: expected shape {low.shape} like low, got {array.shape}.')
    columns = [a.reshape(len(values), -1).T for a in (low, high, stable)]
    ax = _axes(ax, figsize=(5, 3.2))
    marker = dict(marker='o', markersize=3) if len(values) <= 60 else {}
    for i, (bottom, top, good) in enumerate(zip(*columns, strict=True)):
        style, moving = _style(i), good & (top > bottom)
        label = labels[i] if i < len(labels) else None
        ax.plot(values, np.where(good, bottom, np.nan), label=label, **style, **marker)
        if moving.any():
            ax.plot(values, np.where(good, top, np.nan), **style, **marker)
            ax.fill_between(values, bottom, top, where=moving, color=style['color'], alpha=0.15, linewidth=0)
        if not good.all():
            near = ~good | np.append(~good[1:], False) | np.insert(~good[:-1], 0, False)    # joined to its neighbours
            ax.plot(values, np.where(near, bottom, np.nan), color='0.4', linestyle=':', linewidth=1.3, zorder=1)
    handles, names = ax.get_legend_handles_labels()
    if not columns[2].all():
        handles, names = [*handles, Line2D([], [], color='0.4', linestyle=':')], [*names, 'unstable']
    if handles:
        ax.legend(handles, names, frameon=False, loc='upper left', bbox_to_anchor=(1, 1))
    return _finish(ax, xlabel, ylabel, 1)


def spectrum(run, variable, units=None, y_unit=None, time_unit='ms', segments=4, limit=None, label=None, ax=None):
    """The power spectral density of a monitored variable, the mean over its units; returns the Axes.

    By Welch's method with Hann windows that overlap by half; the peak (of a period no longer than a segment) is marked.

    Parameters
    ----------
    run : runner, or mapping
        As in `traces`.
    variable : str
        What to analyse; its mean in time is subtracted.
    units : sequence of int or of index tuples, optional
        Which entries to average over. Default all.
    y_unit : str, optional
        The variable's unit. None: dimensionless.
    time_unit : str, optional
        Unit of the times. 'ms' (default) and 's': frequencies in Hz; another: in 1/unit. None: dimensionless.
    segments : int
        The run is cut into so many; frequencies closer than segments/duration can't be told apart. Default 4.
    limit : float, optional
        Frequency up to which to draw. Default: ten times the peak's.
    label : str, optional
    ax : matplotlib Axes, optional

    Raises
    ------
    UnknownNameError
        The variable was not monitored.
    ShapeError
        The times are not those of the variable, or ``units`` does not fit it.
    InvalidValueError
        The times are not evenly spaced, the variable is not finite or constant, or the run too short for so many
        segments.
    """
    from scipy.signal import welch
    ts, values = _sampled(getattr(run, 'mon', run), variable, units)
    length = len(ts) // segments if isinstance(segments, (int, np.integer)) and segments > 0 else 0
    if length < 8:
        raise InvalidValueError(f'spectrum.segments: expected a number of segments of 8 samples or more, got '
                                f'{segments!r} for {len(ts)} samples.')
    scale, unit, per = _FREQUENCIES.get(time_unit, (1., f'1/{time_unit}' if time_unit else None, time_unit))
    rate = scale * (len(ts) - 1) / (ts[-1] - ts[0])
    f, power = welch(values, rate, 'hann', length, nfft=_PAD * length, axis=0)
    f, power = f[1:], power.mean(1)[1:]                                 # without the constant part
    if not power.max() > 0:
        raise InvalidValueError(f'spectrum.{variable}: expected values that change; they are constant.')
    allowed = f >= rate / length
    peak = np.flatnonzero(allowed)[np.argmax(power[allowed])]
    limit = min(10 * f[peak], f[-1]) if limit is None else limit
    ax = _axes(ax, figsize=(5, 3.2))
    before = [line for line in ax.lines if line.get_marker() != 'v']
    reach, style = max([limit, *(ax.get_xlim()[1] for _ in before[:1])]), _style(len(before))
    ax.semilogy(f[power > 0], power[power > 0], label=label, **style)
    ax.semilogy(f[peak], 1.6 * power[peak], marker='v', color=style['color'], linestyle='', markersize=6,
                label=f'peak at {f[peak]:.3g}' + (f' {unit}' if unit else ''))
    ax.set_xlim(0, reach)
    ax.set_ylim(*_decades([line.get_xydata() for line in ax.lines], reach))
    square = f'({y_unit})²' if y_unit and '/' in y_unit else f'{y_unit}²' if y_unit else ''
    density = f'{square or 1}/{unit}' if unit == 'Hz' else ' '.join(filter(None, (square, per)))
    return _finish(ax, _with_unit('frequency $f$', unit), _with_unit(f'power density of {symbol(variable)}', density),
                   2)


def _decades(drawn, reach):
    """Limits of a logarithmic axis for what is drawn up to ``reach``: eight decades below the peak at most."""
    values = np.concatenate([y[(y[:, 0] <= reach), 1] for y in drawn])
    return max(values.min(), 1e-8 * values.max()) / 2, 3 * values.max()


def _sampled(mon, variable, units):
    """The times (T,) and the chosen entries (T, n) of what was monitored."""
    if variable not in mon:
        raise UnknownNameError(f'spectrum.variable: {variable!r} was not monitored. There are: '
                               f'{", ".join(k for k in mon if k != "ts") or "none"}.')
    values = np.asarray(mon[variable], float)
    ts = np.asarray(mon['ts'], float) if 'ts' in mon else np.arange(len(values), dtype=float)
    if len(ts) != len(values) or not values.ndim:
        raise ShapeError(f'spectrum.{variable}: expected {len(ts)} time steps along the first axis, got shape '
                         f'{values.shape}.')
    if not np.isfinite(values).all():
        raise InvalidValueError(f'spectrum.{variable}: expected finite values.')
    step = (ts[-1] - ts[0]) / max(len(ts) - 1, 1) if len(ts) else 0.
    if not (step > 0 and np.abs(ts - ts[0] - step * np.arange(len(ts))).max() <= 0.25 * step):    # single precision
        raise InvalidValueError('spectrum.ts: expected evenly spaced times that rise.')
    if units is not None and values.ndim > 1:
        every = list(np.ndindex(values.shape[1:]))
        try:
            chosen = [_entry(u, variable, values.shape[1:], every) for u in units]
        except ShapeError as error:
            raise ShapeError(str(error).replace('traces.', 'spectrum.')) from None
        values = np.stack([values[(slice(None), *entry)] for entry in chosen], 1)
    return ts, values.reshape(len(ts), -1)
