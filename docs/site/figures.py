"""The figures of the gallery: each is what the code on its page draws.

A figure is made again only if its code, or what it depends on (`code_hash` of build.py), has changed. Beside each
figure stands a small copy for the cards. Two processes work at the same time.

    python docs/site/figures.py                 # all that are not up to date, into docs/_build/figures
    python docs/site/figures.py WongWang UORO   # some, in any case
"""

import argparse
import hashlib
import io
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / '_build' / 'figures'
SMALL = 480  # pixels, the width of the copy on a card
FLAGS = '--xla_cpu_multi_thread_eigen=false'  # two processes share the cores; each uses one


def start():
    """Prepare a process: no display, and one core."""
    os.environ['JAX_PLATFORMS'] = 'cpu'
    os.environ['MPLBACKEND'] = 'Agg'
    os.environ['XLA_FLAGS'] = FLAGS
    for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS'):
        os.environ[name] = '1'
    sys.path = [p for p in sys.path if Path(p or '.').resolve() != Path(__file__).resolve().parent]


def draw(job):
    """Run the code of a figure as a new program would run it, and keep the picture that it wrote."""
    name, code, key = job
    began = time.process_time()
    import brainpy.math as bm
    import jax
    import matplotlib.pyplot as plt
    from PIL import Image

    before, folder = Path.cwd(), tempfile.TemporaryDirectory()
    try:
        os.chdir(folder.name)
        bm.random.seed(0)
        exec(compile(code, f'<figure of {name}>', 'exec'), {'__name__': '__main__'})
        picture = Image.open(io.BytesIO(Path(f'{name}.png').read_bytes())).convert('RGB')
    except Exception as error:
        error.add_note(f'This is the figure of {name}.')
        raise
    finally:
        os.chdir(before)
        folder.cleanup()
        plt.close('all')
        plt.rcdefaults()
        bm.disable_x64()
        bm.set_dt(0.1)
        jax.clear_caches()
    small = picture.resize((SMALL, round(SMALL * picture.height / picture.width)), Image.Resampling.LANCZOS)
    for image, path in ((picture, FOLDER / f'{name}.png'), (small, FOLDER / f'{name}-small.png')):
        with_palette(image).save(path, optimize=True)
    (FOLDER / f'{name}.key').write_text(key)
    return name, time.process_time() - began


def with_palette(image):
    """The image with a palette, whose file is three times smaller, unless it has too many colours for one."""
    import numpy as np
    from PIL import Image

    less = image.quantize(256, dither=Image.Dither.NONE)
    error = np.abs(np.asarray(less.convert('RGB'), int) - np.asarray(image, int)).max(-1)
    return image if (error > 32).mean() > 2e-3 else less


def remove_all_but(names):
    """Remove the figures of what does not exist any more."""
    for path in FOLDER.iterdir() if FOLDER.is_dir() else ():
        if path.stem.removesuffix('-small') not in names:
            path.unlink()


def make(codes, of_code, processes=2, again=()):
    """Draw the figures that are not up to date.

    Parameters
    ----------
    codes : dict
        Name → code, which writes the figure NAME.png.
    of_code : str
        The hash of everything else that a figure depends on.
    processes : int
    again : collection of str
        Names that are drawn in any case.

    Returns
    -------
    dict
        Name → seconds of processor time, of the figures that were drawn.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    keys = {name: hashlib.sha256((of_code + code).encode()).hexdigest() for name, code in codes.items()}
    jobs = [(name, codes[name], key) for name, key in keys.items() if name in again or not _is_drawn(name, key)]
    if not jobs:
        return {}
    with multiprocessing.get_context('spawn').Pool(min(processes, len(jobs)), start) as pool:
        return dict(pool.imap_unordered(draw, jobs))


def _is_drawn(name, key):
    path = FOLDER / f'{name}.key'
    return path.is_file() and path.read_text() == key and path.with_suffix('.png').is_file()


def main():
    import snippets

    import build

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('names', nargs='*', metavar='NAME')
    names = parser.parse_args().names
    codes = snippets.all_codes()
    if set(names) - set(codes):
        parser.error(f'there is no figure of {", ".join(sorted(set(names) - set(codes)))}')
    began = time.perf_counter()
    chosen = {name: codes[name] for name in names or codes}
    told = make(chosen, build.code_hash(), again=names)
    for name, seconds in sorted(told.items(), key=lambda pair: pair[1]):
        print(f'{name:28} {seconds:6.1f} s')
    size = sum(path.stat().st_size for path in FOLDER.glob('*.png'))
    print(f'{len(told)} figures in {sum(told.values()):.0f} s of the processor, {time.perf_counter() - began:.0f} s')
    print(f'all figures: {size / 2**20:.1f} MB')


if __name__ == '__main__':
    main()
