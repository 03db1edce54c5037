"""Small data sets: labelled images for fixed points, points in the plane for diffusion, patterns of ±1 for memories."""

import abc
import functools
import gzip
import importlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ratezoo.errors import InvalidValueError, UnknownNameError
from ratezoo.tasks.base import Task, Training, Trials, is_count
from ratezoo.types import ArrayLike

__all__ = ['Digits', 'MNIST']
CATEGORY = 'data set'


def _sklearn(module):
    """A module of scikit-learn, which is an optional dependency."""
    try:
        return importlib.import_module(f'sklearn.{module}')
    except ImportError as error:
        raise UnknownNameError(
            f'tasks: expected scikit-learn, which cannot be imported ({error}). Install it: '
            'python -m pip install "ratezoo[data]".'
        ) from error


@dataclass(frozen=True)
class LabelledImages(Task):
    """Images and their classes, for networks whose answer is the output at a fixed point.

    x (B, n_in) holds grey values from 0 to 1, y (B, n_out) is one-hot, and alpha is 1/B for each image. The score is
    the fraction of images for which the output of the correct class is the largest.

    ``trials`` draws training images, each at most once. ``fresh_trials`` gives all test images. Use them only for the
    final score, not to choose a learning rate or the number of epochs.
    """

    learns = 'fixed points'
    training = Training(trials=None, batch_size=32, epochs=20, rate=1e-3)

    @abc.abstractmethod
    def _arrays(self):
        """Four arrays: x and labels of the training images, x and labels of the test images."""

    @property
    def chance(self) -> float:
        """One over the number of classes."""
        return 1 / self.n_out

    def trials(self, batch: int | None = None, seed: int = 0) -> Trials:
        """``batch`` training images, drawn with the seed. None (default): all training images, in their order."""
        x, labels = self._arrays()[:2]
        if batch is None:
            return self._labelled(x, labels)
        if not is_count(batch) or batch > len(x):
            expected = f'an integer from 1 to {len(x)}, or None'
            raise InvalidValueError(f'{type(self).__name__}.trials: expected batch to be {expected}, got {batch!r}.')
        return super().trials(batch, seed)

    def fresh_trials(self, batch: int | None = None, seed: int = 0) -> Trials:
        """All test images. The arguments are not used."""
        return self._labelled(*self._arrays()[2:])

    def draw(self, batch: int, rng: np.random.Generator) -> Trials:
        x, labels = self._arrays()[:2]
        chosen = rng.permutation(len(x))[:batch]
        return self._labelled(x[chosen], labels[chosen])

    def _labelled(self, x, labels):
        return Trials(x, np.eye(self.n_out)[labels], np.full(len(x), 1 / len(x)))

    def score(self, output: ArrayLike, trials: Trials) -> float:
        """The fraction of images with the correct class."""
        return float(np.mean(np.argmax(np.asarray(output), -1) == np.argmax(trials.y, -1)))


@functools.cache
def _digits():
    images, labels = _sklearn('datasets').load_digits(return_X_y=True)
    split = _sklearn('model_selection').train_test_split
    x, x_test, labels, labels_test = split(images / 16, labels, train_size=1437, test_size=360, random_state=0)
    return x, labels, x_test, labels_test


@dataclass(frozen=True)
class Digits(LabelledImages):
    """1797 handwritten digits of 8 × 8 pixels, which scikit-learn contains.

    1437 images are for training and 360 for the test (``train_test_split`` with random_state = 0). The grey values are
    divided by 16. The task is solved at 97 % of the test images. It needs scikit-learn
    (``pip install "ratezoo[data]"``).

    References
    ----------
    E. Alpaydin and C. Kaynak, "Optical recognition of handwritten digits", UCI Machine Learning Repository (1998),
    doi:10.24432/C50P49.

    Examples
    --------
    >>> from ratezoo.tasks import Digits
    >>> trials = Digits().trials()
    >>> trials.x.shape, trials.y.shape
    ((1437, 64), (1437, 10))
    """

    n_in, n_out, criterion = 64, 10, 0.97

    def _arrays(self):
        return _digits()


_IDX_TYPES = {8: np.uint8, 9: np.int8, 11: np.int16, 12: np.int32, 13: np.float32, 14: np.float64}


def read_idx(path: str | Path) -> np.ndarray:
    """The array in an IDX file, the format of MNIST. The file may be compressed by gzip.

    The file contains two zero bytes, the type, the number of dimensions, each dimension as a big-endian 32-bit integer,
    and the data.

    Parameters
    ----------
    path : str or Path
        The file. It is gzipped if its name ends with .gz.

    Raises
    ------
    InvalidValueError
        The file does not exist, is not an IDX file, or is incomplete.
    """
    path = Path(path)
    try:
        with (gzip.open if path.suffix == '.gz' else open)(path, 'rb') as file:
            data = file.read()
    except (OSError, EOFError) as error:
        raise InvalidValueError(f'read_idx.path: expected a readable file, got {path} ({error}).') from error
    kind = _IDX_TYPES.get(data[2]) if len(data) >= 4 and data[:2] == b'\0\0' else None
    if kind is None or len(data) < 4 + 4 * data[3]:
        raise InvalidValueError(
            f'read_idx.path: expected a file that begins with two zero bytes and a type, got {path}, which is '
            'not an IDX file.'
        )
    header = 4 + 4 * data[3]
    shape = tuple(int(n) for n in np.frombuffer(data, '>i4', data[3], 4))
    dtype = np.dtype(kind).newbyteorder('>')
    expected = header + math.prod(shape) * dtype.itemsize
    if len(data) != expected:
        raise InvalidValueError(
            f'read_idx.path: expected {expected} bytes for an array of shape {shape}, got {len(data)} in {path}. Is '
            'the download complete?'
        )
    return np.frombuffer(data, dtype, offset=header).reshape(shape).astype(kind)


@functools.cache
def _idx_images(folder):
    """The four arrays of `LabelledImages`, from the IDX files in a folder."""
    x, labels = _images_and_labels(folder, 'train')
    x_test, labels_test = _images_and_labels(folder, 't10k')
    return x, labels, x_test, labels_test


def _images_and_labels(folder, part):
    """The images (B, pixels) and the labels (B,) of one part of MNIST, 'train' or 't10k'."""
    images = read_idx(_idx_file(folder, f'{part}-images-idx3-ubyte'))
    labels = read_idx(_idx_file(folder, f'{part}-labels-idx1-ubyte'))
    if images.ndim != 3 or labels.shape != images.shape[:1] or labels.size == 0 or labels.max() > 9:
        raise InvalidValueError(
            f'MNIST.folder: expected images (B, height, width) and as many labels 0 … 9 in {folder!r}, got shapes '
            f'{images.shape} and {labels.shape}.'
        )
    return images.reshape(len(images), -1) / 255, labels.astype(int)


def _idx_file(folder, name):
    """The path of a file of MNIST. Some copies are gzipped, and some have a dot before idx in the name."""
    paths = [Path(folder) / n for n in (name, f'{name}.gz', name.replace('-idx', '.idx'))]
    for path in paths:
        if path.is_file():
            return path
    raise InvalidValueError(
        f'MNIST.folder: expected a file {name} (or {name}.gz) in {folder!r}, got none. Download the four IDX files of '
        'MNIST or Fashion-MNIST into one folder, and give the name of this folder.'
    )


@dataclass(frozen=True)
class MNIST(LabelledImages):
    """The images of MNIST or of Fashion-MNIST, from four IDX files on your computer. Nothing is downloaded.

    The grey values are divided by 255. The task is solved at 97 % of the test images.

    Parameters
    ----------
    folder : str
        The folder with the files train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
        t10k-labels-idx1-ubyte. Each of them may be gzipped, with .gz at the end of its name. Default 'mnist'.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Proc. IEEE 86, 2278–2324 (1998), doi:10.1109/5.726791. H. Xiao, K.
    Rasul and R. Vollgraf, "Fashion-MNIST", doi:10.48550/arXiv.1708.07747 (2017).
    """

    folder: str = 'mnist'
    n_out, criterion = 10, 0.97

    @property
    def n_in(self) -> int:
        """The number of pixels of an image."""
        return self._arrays()[0].shape[1]

    def _arrays(self):
        return _idx_images(str(self.folder))


# ---- points in the plane, for diffusion ------------------------------------------------------------------------------


def two_moons(count: int = 1000, noise: float = 0.05, seed: int = 0) -> np.ndarray:
    """Points (count, 2) on two interleaved half circles of radius 1 around the origin, with Gaussian noise.

    The shape is that of scikit-learn's ``make_moons``. There the points have equal distances. Here their angles are
    random, so that the points are independent samples of a density.

    Parameters
    ----------
    count : int
        The number of points. Default 1000.
    noise : float
        The standard deviation of the noise. Default 0.05.
    seed : int
        Default 0.

    Examples
    --------
    >>> from ratezoo.tasks import two_moons
    >>> two_moons(10).shape
    (10, 2)
    """
    rng = _planar(count, noise, seed)
    angle, upper = rng.uniform(0, np.pi, count), rng.random(count) < 0.5
    x = np.where(upper, np.cos(angle), 1 - np.cos(angle)) - 0.5
    y = np.where(upper, np.sin(angle), 0.5 - np.sin(angle)) - 0.25
    return np.stack([x, y], 1) + noise * rng.normal(size=(count, 2))


def rings(count: int = 1000, noise: float = 0.05, seed: int = 0) -> np.ndarray:
    """Points (count, 2) on two circles of radius 1 and ½ around the origin, with Gaussian noise.

    The shape is that of scikit-learn's ``make_circles``. The points are independent.

    Parameters
    ----------
    count : int
        The number of points. Default 1000.
    noise : float
        The standard deviation of the noise. Default 0.05.
    seed : int
        Default 0.
    """
    rng = _planar(count, noise, seed)
    angle, radius = rng.uniform(0, 2 * np.pi, count), np.where(rng.random(count) < 0.5, 1.0, 0.5)
    return radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1) + noise * rng.normal(size=(count, 2))


def _planar(count, noise, seed):
    """The random generator for ``count`` points in the plane; checks the arguments."""
    if not is_count(count) or not (isinstance(noise, (int, float)) and 0 <= noise < math.inf):
        raise InvalidValueError(f'tasks: expected a number of points ≥ 1 and a noise ≥ 0, got {count!r} and {noise!r}.')
    return np.random.default_rng(seed)


# ---- patterns of ±1, for memories ------------------------------------------------------------------------------------


def random_patterns(count: int, n: int, seed: int = 0) -> np.ndarray:
    """``count`` patterns of ``n`` units, as an array (count, n). Each entry is +1 or −1 with probability ½.

    Examples
    --------
    >>> import numpy as np
    >>> from ratezoo.tasks import random_patterns
    >>> np.unique(random_patterns(3, 20)).tolist()
    [-1.0, 1.0]
    """
    if not (is_count(count) and is_count(n)):
        raise InvalidValueError(
            f'random_patterns: expected integers ≥ 1 for the numbers of patterns and of units, got {count!r} and {n!r}.'
        )
    return np.random.default_rng(seed).choice([-1.0, 1.0], (count, n))


def digit_patterns(classes: Iterable[int] = range(10)) -> np.ndarray:
    """One handwritten digit of each class as a pattern of ±1, as an array (classes, 64).

    It is the training image of `Digits` that is nearest to the mean of its class. A pixel is +1 if its grey value is at
    least half of the largest, else −1.

    Parameters
    ----------
    classes : sequence of int
        The digits. Default: 0 to 9.
    """
    x, labels = _digits()[:2]
    patterns = []
    for k in classes:
        if k not in range(10):
            raise InvalidValueError(f'digit_patterns.classes: expected digits from 0 to 9, got {k!r}.')
        images = x[labels == k]
        nearest = images[np.argmin(np.linalg.norm(images - images.mean(0), axis=1))]
        patterns.append(np.where(nearest >= 0.5, 1.0, -1.0))
    return np.array(patterns)


def corrupted(patterns: ArrayLike, fraction: float, seed: int = 0) -> np.ndarray:
    """A copy of some patterns of ±1 in which a ``fraction`` of the units of each pattern is flipped.

    Parameters
    ----------
    patterns : array (P, n) or (n,)
        The patterns.
    fraction : float
        From 0 to 1.
    seed : int
        Seed of the choice of units. Default 0.
    """
    copy = np.array(patterns, float)
    if not 0 <= fraction <= 1:
        raise InvalidValueError(f'corrupted.fraction: expected a number from 0 to 1, got {fraction!r}.')
    rng = np.random.default_rng(seed)
    for row in np.atleast_2d(copy):  # each row is a view: the loop changes the copy
        row[rng.permutation(row.size)[: round(fraction * row.size)]] *= -1
    return copy


def sliced_wasserstein(a: ArrayLike, b: ArrayLike, directions: int = 200, seed: int = 0) -> float:
    """The sliced Wasserstein-2 distance between two sets of points.

    The points are projected onto random directions. In one dimension the squared distance is the mean squared
    difference of the sorted values. The result is the root of its mean over the directions.

    Parameters
    ----------
    a, b : arrays (N, d)
        The two sets.
    directions : int
        The number of directions. Default 200.
    seed : int
        Seed of the directions. Default 0.

    References
    ----------
    N. Bonneel, J. Rabin, G. Peyré and H. Pfister, Journal of Mathematical Imaging and Vision 51, 22–45 (2015),
    doi:10.1007/s10851-014-0506-3.

    Examples
    --------
    >>> import numpy as np
    >>> from ratezoo.tasks import two_moons, sliced_wasserstein
    >>> a = two_moons(500)
    >>> round(sliced_wasserstein(a, a + np.array([3., 0.])), 1)     # 3 √½, in two dimensions
    2.1
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.ndim != 2 or a.shape != b.shape:
        raise InvalidValueError(
            f'sliced_wasserstein: expected two arrays of the same shape (N, d), got {a.shape} and {b.shape}.'
        )
    u = np.random.default_rng(seed).normal(size=(a.shape[1], directions))
    u /= np.linalg.norm(u, axis=0)
    return float(np.sqrt(np.mean((np.sort(a @ u, 0) - np.sort(b @ u, 0)) ** 2)))
