"""The reference solution of the exercise, with the library's Hopfield network and Runner."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ratezoo import plots
from ratezoo.letters import letters
from ratezoo.models.memory import Hopfield
from ratezoo.plots.style import curve_style, finish, given_or_new
from ratezoo.runner import Runner

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LETTERS = 'RTX'
PIXELS = 100
WRONG = 0.25  # the share of pixels that are wrong at the start
SWEEPS = 5
N = 400  # units of the networks that store too much
LOADS = np.round(np.arange(0.04, 0.29, 0.02), 2)
NETWORKS, TRIES = 4, 4  # networks at each load, and recalls in each of them
CAPACITY = 0.138  # D. J. Amit, H. Gutfreund and H. Sompolinsky (1985), doi:10.1103/PhysRevLett.55.1530


class Result(NamedTuple):
    """The result of `run`.

    Attributes
    ----------
    pictures : array (3, 3, pixels)
        For each letter: what was stored, the state at the start, and what was recalled.
    energies : array (3, sweeps + 1)
        The energy of each recall, at the start and after each sweep.
    overlaps : array (loads, recalls)
        The overlap after recall with the pattern where the recall starts, for each of `LOADS`.
    """

    pictures: np.ndarray
    energies: np.ndarray
    overlaps: np.ndarray


def run(seed: int = 0) -> Result:
    """Recall three letters, and measure the overlap up to twice the capacity; the seed is that of all random numbers."""
    rng = np.random.default_rng(seed)
    pictures, energies = _recall_letters(rng, seed)
    return Result(pictures, energies, _overlaps(rng, seed))


def _recall_letters(rng, seed):
    """The pictures and the energies of `Result`."""
    net = Hopfield(PIXELS, patterns=letters(LETTERS, PIXELS), seed=seed)
    runner = Runner(net, monitors=['r', 'E'], progress_bar=False)
    pictures, energies = [], []
    for stored in net.patterns:
        start = stored * np.where(rng.random(PIXELS) < WRONG, -1, 1)
        net.reset_state(r0=start)
        at_start = float(net.energy(start, net.params_dict(), np.zeros(PIXELS)))
        runner.reset_state()
        runner.run(inputs=np.zeros((SWEEPS, PIXELS)))
        pictures.append([stored, start, np.asarray(runner.mon['r'])[-1]])
        energies.append([at_start, *np.asarray(runner.mon['E']).reshape(-1)])
    return np.array(pictures), np.array(energies)


def _overlaps(rng, seed):
    """The overlaps of `Result`: each recall starts exactly at a stored pattern."""
    net, overlaps = Hopfield(N, patterns=1, seed=seed), []
    for load in LOADS:
        row: list[float] = []
        for _ in range(NETWORKS):
            net.store(rng.choice([-1.0, 1.0], (round(load * N), N)))
            starts = net.patterns[:TRIES]
            row += (np.sum(starts * np.asarray(net.relax(r0=starts).r), 1) / N).tolist()
        overlaps.append(row)
    return np.array(overlaps)


def figures(result: Result) -> 'dict[str, Figure]':
    """The pictures; the energy of each recall; the overlap over the load, with the capacity of an infinite network."""
    energy = given_or_new(None, figsize=(5, 3.4))
    for k, (letter, energies) in enumerate(zip(LETTERS, result.energies, strict=True)):
        energy.plot(energies, marker='o', markersize=3, label=f'recall of {letter}', **curve_style(k))
    finish(energy, 'sweep (each unit once)', 'energy $E$')
    overlap = given_or_new(None, figsize=(5, 3.4))
    overlap.plot(LOADS, result.overlaps, '.', color='0.7')
    overlap.plot([], [], '.', color='0.7', label='one recall')
    overlap.plot(
        LOADS, result.overlaps.mean(1), marker='o', label=f'mean of {NETWORKS * TRIES}, N = {N}', **curve_style(0)
    )
    overlap.axvline(CAPACITY, color='k', linestyle='--', label=f'{CAPACITY} (Amit et al. 1985)')
    overlap.set_ylim(0, 1.05)
    finish(overlap, 'load P/N', 'overlap $m$ after recall').legend(
        loc='lower center', bbox_to_anchor=(0.5, 1.0), frameon=False
    )
    pictures = plots.patterns(result.pictures, titles=('stored', 'start', 'recalled'), labels=LETTERS)
    return {'pictures': pictures, 'energy': energy.figure, 'overlap': overlap.figure}  # type: ignore[dict-item]


def as_dict(result: Result) -> dict[str, Any]:
    """The letters, the pictures as lists of +1 and -1, the energies, and the overlaps at each load."""
    return {
        'letters': LETTERS,
        'pictures': result.pictures.tolist(),
        'energies': result.energies.tolist(),
        'loads': LOADS.tolist(),
        'overlaps': result.overlaps.tolist(),
    }


def table(result: Result) -> str:
    """One line a letter: wrong pixels and energy at the start and at the end. One line a load: the overlap."""
    letters = [
        f'{letter}   wrong pixels {(start != stored).sum():3d} → {(end != stored).sum():3d}   '
        f'energy {energies[0]:7.2f} → {energies[-1]:7.2f}'
        for letter, (stored, start, end), energies in zip(LETTERS, result.pictures, result.energies, strict=True)
    ]
    loads = [
        f'P/N {load:.2f}   overlap after recall {overlaps.mean():.3f}'
        for load, overlaps in zip(LOADS, result.overlaps, strict=True)
    ]
    return '\n'.join(letters + loads)
