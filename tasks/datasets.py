"""Data for fixed points, memories and diffusion: images with labels, points in the plane, patterns of ±1."""

import abc
import functools
import gzip
import importlib
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ratezoo.errors import InvalidValueError, UnknownNameError
from ratezoo.tasks.base import Task, Trials, is_count

__all__ = ['Digits', 'MNIST']
CATEGORY = 'data set'


def _sklearn(module):
    try:
        return importlib.import_module(f'sklearn.{module}')
    except ImportError as error:
        raise UnknownNameError(f'tasks: scikit-learn can\'t be imported ({error}). Install it: '
                               'python -m pip install "ratezoo[data]".') from error


@dataclass(frozen=True)
class LabelledImages(Task):
    """Images and their classes, for networks that answer at a fixed point: x (B, n_in) in [0, 1], y (B, n_out) one-hot,
    alpha 1/B each. The score is the fraction of images whose largest output is that of the class.

    ``trials`` draws from the training images, without repeating one; ``fresh_trials`` are all test images, which no
    choice (of a rate, of an epoch) may look at.
    """

    learns = 'fixed points'
    @abc.abstractmethod
    def _arrays(self):
        """x, labels of the training images; x, labels of the test images."""

    @property
    def chance(self):
        """One over the number of classes."""
        return 1 / self.n_out

    def trials(self, batch=None, seed=0):
        """``batch`` of the training images, drawn by ``seed``; None (default): all, in their order."""
        x, labels = self._arrays()[:2]
        if batch is None:
            return self._labelled(x, labels)
        if not is_count(batch) or batch > len(x):
            raise InvalidValueError(f'{type(self).__name__}.trials: expected batch to be an integer from 1 to '
                                    f'{len(x)}, or None, got {batch!r}.')
        return super().trials(batch, seed)

    def fresh_trials(self, batch=None, seed=0):
        """The test images, all of them."""
        return self._labelled(*self._arrays()[2:])

    def _draw(self, batch, rng):
        x, labels = self._arrays()[:2]
        chosen = rng.permutation(len(x))[:batch]
        return self._labelled(x[chosen], labels[chosen])

    def _labelled(self, x, labels):
        return Trials(x, np.eye(self.n_out)[labels], np.full(len(x), 1 / len(x)))

    def score(self, output, trials):
        """Fraction of images with the right class."""
        return float(np.mean(np.argmax(np.asarray(output), -1) == np.argmax(trials.y, -1)))


@functools.cache
def _digits():
    images, labels = _sklearn('datasets').load_digits(return_X_y=True)
    split = _sklearn('model_selection').train_test_split
    x, x_test, k, k_test = split(images / 16, labels, train_size=1437, test_size=360, random_state=0)
    return x, k, x_test, k_test


@dataclass(frozen=True)
class Digits(LabelledImages):
    """1797 handwritten digits of 8 × 8 pixels, as scikit-learn bundles them: 1437 to learn from, 360 to test with
    (``train_test_split`` with random_state = 0), grey values divided by 16.

    Needs scikit-learn (``pip install "ratezoo[data]"``). Solved at 97 % of the test images.

    References
    ----------
    E. Alpaydin and C. Kaynak, "Optical recognition of handwritten digits", UCI Machine Learning Repository (1998),
    doi:10.24432/C50P49.

    Examples
    --------
    >>> trials = Digits().trials()
    >>> trials.x.shape, trials.y.shape
    ((1437, 64), (1437, 10))
    """
    n_in, n_out, criterion = 64, 10, 0.97

    def _arrays(self):
        return _digits()


_IDX_TYPES = {8: np.uint8, 9: np.int8, 11: np.int16, 12: np.int32, 13: np.float32, 14: np.float64}


def read_idx(path):
    """The array in an IDX file, also gzipped: the format of MNIST (two zero bytes, the type, the number of dimensions,
    each dimension as a big-endian 32-bit integer, the data).

    Raises
    ------
    InvalidValueError
        The file is not there, or is not an IDX file, or is cut off.
    """
    path = Path(path)
    try:
        with (gzip.open if path.suffix == '.gz' else open)(path, 'rb') as file:
            data = file.read()
    except (OSError, EOFError) as error:
        raise InvalidValueError(f'read_idx: can\'t read {path}: {error}.') from error
    kind = _IDX_TYPES.get(data[2]) if len(data) >= 4 and data[:2] == b'\0\0' else None
    if kind is None or len(data) < 4 + 4 * data[3]:
        raise InvalidValueError(f'read_idx: {path} is not an IDX file (wrong first bytes).')
    shape = tuple(np.frombuffer(data, '>i4', data[3], 4))
    dtype = np.dtype(kind).newbyteorder('>')
    expected = 4 + 4 * data[3] + math.prod(map(int, shape)) * dtype.itemsize
    if len(data) != expected:
        raise InvalidValueError(f'read_idx: {path}: expected {expected} bytes for an array of shape '
                                f'{tuple(map(int, shape))}, got {len(data)}. Is the download complete?')
    return np.frombuffer(data, dtype, offset=4 + 4 * data[3]).reshape(shape).astype(kind)


@functools.cache
def _idx_images(folder):
    parts = []
    for part in ('train', 't10k'):
        for what in ('images-idx3-ubyte', 'labels-idx1-ubyte'):
            names = [f'{part}-{what}', f'{part}-{what}.gz', f'{part}-{what.replace("-idx", ".idx")}']
            found = [Path(folder) / n for n in names if (Path(folder) / n).is_file()]
            if not found:
                raise InvalidValueError(f'MNIST.folder: expected a file {names[0]} (or .gz) in {folder!r}; there is '
                                        'none. Download the four IDX files of MNIST or Fashion-MNIST into one folder '
                                        'and give its name.')
            parts.append(read_idx(found[0]))
    for images, labels in (parts[:2], parts[2:]):
        if images.ndim != 3 or labels.shape != images.shape[:1] or labels.size == 0 or labels.max() > 9:
            raise InvalidValueError(f'MNIST.folder: expected images (B, height, width) and labels 0 … 9 of as many '
                                    f'images in {folder!r}, got shapes {images.shape} and {labels.shape}.')
    x, k, x_test, k_test = parts
    return (x.reshape(len(x), -1) / 255, k.astype(int), x_test.reshape(len(x_test), -1) / 255, k_test.astype(int))


@dataclass(frozen=True)
class MNIST(LabelledImages):
    """The images of MNIST, or of Fashion-MNIST, from the four IDX files in a folder of yours; grey values divided by
    255. Solved at 97 % of the test images.

    Parameters
    ----------
    folder : str
        Where train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte are,
        gzipped or not. Nothing is downloaded.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Proc. IEEE 86, 2278–2324 (1998), doi:10.1109/5.726791. H. Xiao, K.
    Rasul and R. Vollgraf, "Fashion-MNIST", doi:10.48550/arXiv.1708.07747 (2017).
    """
    folder: str = 'mnist'
    n_out, criterion = 10, 0.97

    @property
    def n_in(self):
        """Pixels of an image."""
        return self._arrays()[0].shape[1]

    def _arrays(self):
        return _idx_images(str(self.folder))


# ---- points in the plane, for diffusion ------------------------------------------------------------------------------

def two_moons(count=1000, noise=0.05, seed=0):
    """Two interleaved half circles of radius 1 in the plane, with Gaussian noise, around the origin; (count, 2).

    The shape of scikit-learn's ``make_moons``, which spaces its points evenly; here the angles are drawn, so that the
    points are independent samples of a density.

    Examples
    --------
    >>> two_moons(10).shape
    (10, 2)
    """
    rng = _planar(count, noise, seed)
    angle, upper = rng.uniform(0, np.pi, count), rng.random(count) < 0.5
    x = np.where(upper, np.cos(angle), 1 - np.cos(angle)) - 0.5
    y = np.where(upper, np.sin(angle), 0.5 - np.sin(angle)) - 0.25
    return np.stack([x, y], 1) + noise * rng.normal(size=(count, 2))


def rings(count=1000, noise=0.05, seed=0):
    """Two circles around the origin of radius 1 and ½ in the plane, with Gaussian noise; (count, 2). The shape of
    scikit-learn's ``make_circles``, with independent points."""
    rng = _planar(count, noise, seed)
    angle, radius = rng.uniform(0, 2 * np.pi, count), np.where(rng.random(count) < 0.5, 1., 0.5)
    return radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1) + noise * rng.normal(size=(count, 2))


def _planar(count, noise, seed):
    if not is_count(count) or not (isinstance(noise, (int, float)) and 0 <= noise < math.inf):
        raise InvalidValueError(f'tasks: expected a number of points ≥ 1 and a noise ≥ 0, got {count!r} and {noise!r}.')
    return np.random.default_rng(seed)


# ---- patterns of ±1, for memories ------------------------------------------------------------------------------------

def random_patterns(count, n, seed=0):
    """``count`` patterns of ``n`` units, each ±1 with probability ½; (count, n).

    Examples
    --------
    >>> np.unique(random_patterns(3, 20)).tolist()
    [-1.0, 1.0]
    """
    if not (is_count(count) and is_count(n)):
        raise InvalidValueError(f'random_patterns: expected numbers ≥ 1 of patterns and of units, got {count!r} and '
                                f'{n!r}.')
    return np.random.default_rng(seed).choice([-1., 1.], (count, n))


def digit_patterns(classes=range(10)):
    """One handwritten digit of each class as a pattern of ±1, (classes, 64): of the training images of `Digits` the one
    nearest to its class's mean, a pixel counting as +1 from half the grey range on."""
    x, labels = _digits()[:2]
    patterns = []
    for k in classes:
        if k not in range(10):
            raise InvalidValueError(f'digit_patterns.classes: expected digits from 0 to 9, got {k!r}.')
        own = x[labels == k]
        nearest = own[np.argmin(np.linalg.norm(own - own.mean(0), axis=1))]
        patterns.append(np.where(nearest >= 0.5, 1., -1.))
    return np.array(patterns)


def corrupted(patterns, fraction, seed=0):
    """The patterns of ±1 with a ``fraction`` of each one's units flipped."""
    patterns = np.array(patterns, float)
    if not 0 <= fraction <= 1:
        raise InvalidValueError(f'corrupted.fraction: expected a number from 0 to 1, got {fraction!r}.')
    rng, flat = np.random.default_rng(seed), np.atleast_2d(patterns)
    for row in flat:
        row[rng.permutation(row.size)[:round(fraction * row.size)]] *= -1
    return patterns if patterns.ndim > 1 else flat[0]


def sliced_wasserstein(a, b, directions=200, seed=0):
    """The sliced Wasserstein-2 distance of two samples (N, d): the root of the mean over directions of the squared
    one-dimensional distance, which sorting gives.

    References
    ----------
    N. Bonneel, J. Rabin, G. Peyré and H. Pfister, Journal of Mathematical Imaging and Vision 51, 22–45 (2015),
    doi:10.1007/s10851-014-0506-3.

    Examples
    --------
    >>> a = two_moons(500)
    >>> round(sliced_wasserstein(a, a + np.array([3., 0.])), 1)     # 3 √½, in two dimensions
    2.1
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.ndim != 2 or a.shape != b.shape:
        raise InvalidValueError(f'sliced_wasserstein: expected two samples of one shape (N, d), got {a.shape} and '
                                f'{b.shape}.')
    u = np.random.default_rng(seed).normal(size=(a.shape[1], directions))
    u /= np.linalg.norm(u, axis=0)
    return float(np.sqrt(np.mean((np.sort(a @ u, 0) - np.sort(b @ u, 0)) ** 2)))
