"""Train `RateRNN` by back-propagation through time on each task, as the task says, and print a table.

    python docs/training.py                     # every task that needs no further package; about two minutes
    python docs/training.py --seeds 3 FlipFlop  # one task, three seeds: 0, 1 and 2
    python docs/training.py --seeds 5 --first 10 FlipFlop  # the seeds 10 to 14

The table stands in docs/training.md. `ratezoo train RateRNN --task NAME` does the same for one task and one seed.
"""

import argparse
import time

import jax
import optax

import ratezoo
from ratezoo.tasks import tasks

# MultiSine is a task for FORCE, and neurogym's environments need that package.
NAMES = [n for n in tasks if tasks[n].learns == 'trajectories' and n not in ('MultiSine', 'NeurogymTask')]


class Net(ratezoo.BPTT, ratezoo.RateRNN):
    """RateRNN trained by back-propagation through time."""


def solve(task, seed):
    """The score on new trials, and the seconds that training took."""
    plan = task.training
    trials = task.trials(plan.trials, seed)
    net = Net(task.n_in, n_out=task.n_out, seed=seed, **plan.settings)
    options = {} if task.loss is None else {'loss': task.loss}
    start = time.perf_counter()
    net.fit(
        trials.x,
        trials.y,
        plan.epochs,
        optax.adam(plan.rate),
        alpha=trials.alpha,
        batch_size=plan.batch_size,
        seed=seed,
        progress=False,
        **options,
    )
    seconds = time.perf_counter() - start
    fresh = task.fresh_trials(len(trials.y), seed)
    return task.score(net.predict(fresh.x), fresh), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('tasks', nargs='*', metavar='TASK')
    parser.add_argument('--seeds', type=int, default=1, help='how many seeds')
    parser.add_argument('--first', type=int, default=0, help='the first of them')
    chosen = parser.parse_args()
    print('| task | trials, batch, epochs, rate | settings | chance | goal | score on new trials | solved | s |')
    print('|---|---|---|---|---|---|---|---|')
    for name in chosen.tasks or NAMES:
        task, plan = tasks[name](), tasks[name].training
        runs = [solve(task, seed) for seed in range(chosen.first, chosen.first + chosen.seeds)]
        scores = [score for score, _ in runs]
        goal = f'{"≥" if task.higher_is_better else "≤"} {task.criterion:.3g}'
        solved = f'{sum(map(task.solved, scores))} of {len(runs)}'
        given = ', '.join(f'{k}={v:g}' for k, v in plan.settings.items()) or '–'
        numbers = f'{plan.trials}, {plan.batch_size}, {plan.epochs}, {plan.rate:g}'
        found = ', '.join(f'{s:.3f}' for s in scores)
        seconds = max(s for _, s in runs)
        print(f'| {name} | {numbers} | {given} | {task.chance:.3g} | {goal} | {found} | {solved} | {seconds:.0f} |')
        jax.clear_caches()


if __name__ == '__main__':
    main()
