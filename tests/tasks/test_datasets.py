"""Data sets: what comes is what was there, and what is missing is named."""

import gzip
import struct

import numpy as np
import pytest

from ratezoo.errors import InvalidValueError
from ratezoo.tasks import (
    MNIST,
    Digits,
    corrupted,
    digit_patterns,
    random_patterns,
    read_idx,
    rings,
    sliced_wasserstein,
    two_moons,
)


def test_digits_are_split_once_and_for_all():
    task = Digits()
    train, test = task.trials(), task.fresh_trials()
    assert train.x.shape == (1437, 64)
    assert test.x.shape == (360, 64)
    assert train.y.shape == (1437, 10)
    assert (train.y.sum(1) == 1).all()
    assert train.x.min() == 0
    assert train.x.max() == 1
    rows = {r.tobytes() for r in train.x}
    assert sum(r.tobytes() in rows for r in test.x) == 0  # no image in both
    few = task.trials(20, seed=3)
    assert len({r.tobytes() for r in few.x}) == 20
    assert all(r.tobytes() in rows for r in few.x)
    assert np.array_equal(few.x, task.trials(20, seed=3).x)
    assert not np.array_equal(few.x, task.trials(20, seed=4).x)
    assert task.score(test.y, test) == 1.0
    assert abs(task.score(np.zeros_like(test.y), test) - 0.1) < 0.03
    with pytest.raises(InvalidValueError, match=r'Digits\.trials: expected batch .* 1437'):
        task.trials(1438)


def test_a_nearest_neighbour_knows_the_digits():
    """The labels belong to the images: one nearest neighbour is right in 98 % and more."""
    train, test = Digits().trials(), Digits().fresh_trials()
    nearest = np.argmin(((test.x[:, None] - train.x) ** 2).sum(-1), 1)
    assert Digits().score(train.y[nearest], test) > 0.98


def idx(array):
    code = {np.dtype('uint8'): 8, np.dtype('>i4'): 12}[array.dtype]
    return struct.pack(f'>HBB{array.ndim}i', 0, code, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture
def folder(tmp_path, rng):
    for part, count in (('train', 7), ('t10k', 3)):
        (tmp_path / f'{part}-images-idx3-ubyte').write_bytes(idx(rng.integers(0, 256, (count, 4, 5)).astype('uint8')))
        with gzip.open(tmp_path / f'{part}-labels-idx1-ubyte.gz', 'wb') as file:
            file.write(idx((np.arange(count) % 10).astype('uint8')))
    return tmp_path


def test_idx_files_are_read(folder, rng):
    task = MNIST(str(folder))
    train, test = task.trials(), task.fresh_trials()
    assert task.n_in == 20
    raw = np.frombuffer((folder / 'train-images-idx3-ubyte').read_bytes()[16:], 'uint8')
    assert np.array_equal(train.x.ravel(), raw / 255)
    assert np.argmax(train.y, 1).tolist() == list(range(7))
    assert test.x.shape == (3, 20)
    numbers = rng.integers(-9, 9, (2, 3)).astype('>i4')
    (folder / 'numbers.idx').write_bytes(idx(numbers))
    assert np.array_equal(read_idx(folder / 'numbers.idx'), numbers)


def test_what_is_missing_or_broken_is_named(folder, tmp_path):
    with pytest.raises(InvalidValueError, match=r'MNIST\.folder: expected a file train-images-idx3-ubyte .* Download'):
        MNIST(str(tmp_path / 'nowhere')).trials()
    (folder / 't10k-images-idx3-ubyte').write_bytes(b'hello, this is text')
    with pytest.raises(InvalidValueError, match='not an IDX file'):
        MNIST(str(folder)).trials()
    (folder / 't10k-images-idx3-ubyte').write_bytes((folder / 'train-images-idx3-ubyte').read_bytes()[:-5])
    with pytest.raises(InvalidValueError, match=r'expected 156 bytes .* got 151'):
        MNIST(str(folder)).trials()
    (folder / 't10k-images-idx3-ubyte').write_bytes((folder / 'train-images-idx3-ubyte').read_bytes())
    with pytest.raises(InvalidValueError, match=r'images \(B, height, width\) and as many labels 0 … 9'):
        MNIST(str(folder)).trials()


def test_points_in_the_plane():
    for make in (two_moons, rings):
        points = make(500, seed=1)
        assert points.shape == (500, 2)
        assert np.array_equal(points, make(500, seed=1))
        assert not np.array_equal(points, make(500, seed=2))
    radius = np.linalg.norm(rings(500, noise=0.0), axis=1)
    assert np.allclose(np.unique(radius.round(12)), [0.5, 1])
    moons = two_moons(500, noise=0.0)
    on_upper = np.isclose(np.linalg.norm(moons - (-0.5, -0.25), axis=1), 1) & (moons[:, 1] >= -0.25)
    on_lower = np.isclose(np.linalg.norm(moons - (0.5, 0.25), axis=1), 1) & (moons[:, 1] <= 0.25)
    assert (on_upper | on_lower).all()
    assert 200 < on_upper.sum() < 300
    with pytest.raises(InvalidValueError, match='number of points'):
        two_moons(0)


def test_patterns():
    patterns = random_patterns(5, 400, seed=1)
    assert set(np.unique(patterns)) == {-1, 1}
    assert np.abs(patterns @ patterns.T / 400 - np.eye(5)).max() < 0.2
    noisy = corrupted(patterns, 0.1, seed=2)
    assert ((noisy != patterns).sum(1) == 40).all()
    assert (corrupted(patterns[0], 0.5) != patterns[0]).sum() == 200
    digits = digit_patterns()
    assert digits.shape == (10, 64)
    assert set(np.unique(digits)) == {-1, 1}
    assert len({d.tobytes() for d in digits}) == 10


@pytest.mark.slow
def test_the_sliced_distance_is_that_of_gaussians(rng):
    """Of N(0, 1) and N(0, s²) the one-dimensional distance is |1 − s|, in each direction."""
    a, b = rng.normal(size=(20000, 3)), 2 * rng.normal(size=(20000, 3))
    assert abs(sliced_wasserstein(a, b) - 1) < 0.03
    assert sliced_wasserstein(a, a) == 0
